import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ManifestEntry } from '../../copy-engine/manifest.js';
import type { ObjectHeaders } from '../../domain/object-headers.js';

/** The written format. A release with a new one must read the older ones, too. */
const version = 1;

/** Version, number of entries. */
const headBytes = 5;

/** An MD5. */
const digestBytes = 16;
const digest = /^[0-9a-f]{32}$/;

/** Everything but the digests, by column, which compresses better. */
interface Columns {
  /** The length of the prefix that each key shares with the one before it, and the rest of the key. */
  readonly shared: readonly number[];
  readonly rest: readonly string[];
  readonly sizes: readonly number[];
  readonly modified: readonly (number | null)[];
  /** ETags that are no MD5, by the index of the entry. */
  readonly otherEtags: Readonly<Record<number, string>>;
  /** Distinct sets of headers. */
  readonly headerSets: readonly ObjectHeaders[];
  readonly headerSetOf: readonly number[];
}

/**
 * Encodes entries, in some 25 bytes an object and a millisecond for 1,000. MD5 digests do not compress, so they are
 * stored apart.
 */
export function encodeChunk(entries: readonly ManifestEntry[]): Buffer {
  const head = Buffer.alloc(headBytes + entries.length * digestBytes);
  head.writeUInt8(version);
  head.writeUInt32BE(entries.length, 1);
  const otherEtags: Record<number, string> = {};
  for (const [at, { etag }] of entries.entries()) {
    if (digest.test(etag)) head.write(etag, headBytes + at * digestBytes, 'hex');
    else otherEtags[at] = etag;
  }
  const columns: Columns = {
    ...keyColumns(entries),
    ...headerColumns(entries),
    sizes: entries.map(({ size }) => size),
    modified: entries.map(({ modifiedAt }) => modifiedAt ?? null),
    otherEtags,
  };
  return Buffer.concat([head, deflateRawSync(JSON.stringify(columns), { level: 1 })]);
}

/** Decodes the entries of {@link encodeChunk}, in order. Throws if the format is unknown. */
export function decodeChunk(bytes: Buffer): ManifestEntry[] {
  if (bytes[0] !== version)
    throw new Error(
      `A part of a manifest has format ${bytes[0] ?? 'none'}, and this release reads format ${version}: ` +
        'run the release that wrote it, or a newer one.',
    );
  const digestsEnd = headBytes + bytes.readUInt32BE(1) * digestBytes;
  const digests = bytes.toString('hex', headBytes, digestsEnd);
  const columns = JSON.parse(inflateRawSync(bytes.subarray(digestsEnd)).toString()) as Columns; // encodeChunk wrote it
  let key = '';
  return columns.rest.map((rest, at) => {
    key = key.slice(0, columns.shared[at]) + rest;
    const modifiedAt = columns.modified[at] ?? null;
    return {
      key,
      size: columns.sizes[at] ?? 0,
      etag: columns.otherEtags[at] ?? digests.slice(2 * digestBytes * at, 2 * digestBytes * (at + 1)),
      headers: columns.headerSets[columns.headerSetOf[at] ?? 0] ?? noHeaders,
      ...(modifiedAt === null ? {} : { modifiedAt }),
    };
  });
}

const noHeaders: ObjectHeaders = { system: {}, metadata: {} };

function keyColumns(entries: readonly ManifestEntry[]): Pick<Columns, 'shared' | 'rest'> {
  let before = '';
  const shared = entries.map(({ key }) => {
    const common = commonLength(before, key);
    before = key;
    return common;
  });
  return { shared, rest: entries.map(({ key }, at) => key.slice(shared[at])) };
}

/** In UTF-16 units. JSON keeps half a surrogate pair. */
function commonLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

function headerColumns(entries: readonly ManifestEntry[]): Pick<Columns, 'headerSets' | 'headerSetOf'> {
  const headerSets: ObjectHeaders[] = [];
  const known = new Map<string | ObjectHeaders, number>();
  const headerSetOf = entries.map(({ headers }) => {
    // Most entries share one object.
    const before = known.get(headers);
    if (before !== undefined) return before;
    const name = JSON.stringify(headers);
    const place = known.get(name) ?? headerSets.push(headers) - 1;
    known.set(name, place).set(headers, place);
    return place;
  });
  return { headerSets, headerSetOf };
}
