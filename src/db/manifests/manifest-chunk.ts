import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { ManifestEntry } from '../../copy-engine/manifest.js';
import type { ObjectHeaders } from '../../domain/object-headers.js';

/** The form that is written. Whoever changes it reads the older ones too: what is stored stays. */
const version = 1;

/** Version, number of entries. */
const headBytes = 5;

/** An MD5. */
const digestBytes = 16;
const digest = /^[0-9a-f]{32}$/;

/** What does not lie in the digests, column by column, so that like lies beside like. */
interface Columns {
  /** How many characters each key has in common with the one before it, and the rest of it. */
  readonly shared: readonly number[];
  readonly rest: readonly string[];
  readonly sizes: readonly number[];
  /** When each was last written; null where that is not known. */
  readonly modified: readonly (number | null)[];
  /** Those that are no MD5 (of parts, of stores with a mind of their own), by the place of the entry. */
  readonly otherEtags: Readonly<Record<number, string>>;
  /** Each set of headers once; most objects of a site share a few. */
  readonly headerSets: readonly ObjectHeaders[];
  readonly headerSetOf: readonly number[];
}

/**
 * Entries in as few bytes as is cheap: some 25 an object where ETags are MD5s, which no compression makes smaller, so
 * that they stay out of it. JSON and the fastest deflate take about a millisecond for 1,000 entries.
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

/**
 * The entries of {@link encodeChunk}, in their order.
 *
 * @throws {Error} for a form that this release does not know.
 */
export function decodeChunk(bytes: Buffer): ManifestEntry[] {
  if (bytes[0] !== version)
    throw new Error(
      `Part of a manifest has form ${bytes[0] ?? 'none'}, and this release reads form ${version}: run the release that wrote it, or a newer one.`,
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

/** In UTF-16 units: between the halves of a surrogate pair too, which JSON keeps as it keeps any other unit. */
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
    // Most share one object, and need not be compared.
    const before = known.get(headers);
    if (before !== undefined) return before;
    const name = JSON.stringify(headers);
    const place = known.get(name) ?? headerSets.push(headers) - 1;
    known.set(name, place).set(headers, place);
    return place;
  });
  return { headerSets, headerSetOf };
}
