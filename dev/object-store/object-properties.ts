import { S3Error } from './s3-error.js';
import type { CannedAcl, ObjectProperties } from './stored-object.js';

/** System headers that are kept with an object and sent back verbatim. */
const KEPT_HEADERS = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
] as const;

/**
 * Kept headers that belong to one object alone: a copy does not take them over, whatever its directive (AWS:
 * CopyObject).
 */
export const UNCOPIED_HEADERS: readonly string[] = ['x-amz-storage-class', 'x-amz-website-redirect-location'];

const METADATA_PREFIX = 'x-amz-meta-';
/** S3's limit on user metadata: names and values together, in bytes. */
const MAX_METADATA_BYTES = 2 * 1024;

const CANNED_ACLS: Readonly<Record<string, CannedAcl>> = {
  private: 'private',
  'public-read': 'public-read',
  'public-read-write': 'public-read-write',
  'authenticated-read': 'authenticated-read',
  'aws-exec-read': 'private',
  'bucket-owner-read': 'private',
  'bucket-owner-full-control': 'private',
};

/** Where properties are read from: the headers of a request, or the fields of a form. Names are lower-case. */
export type PropertySource = {
  readonly names: Iterable<string>;
  readonly value: (name: string) => string | undefined;
};

/** Reads what a writer says about an object, and supplies S3's defaults. Throws S3's refusals. */
export function readProperties(source: PropertySource, acl: CannedAcl): ObjectProperties {
  return { headers: readHeaders(source), metadata: readMetadata(source), acl };
}

function readHeaders({ value }: PropertySource): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of KEPT_HEADERS) {
    const sent = name === 'content-encoding' ? withoutAwsChunked(value(name)) : value(name);
    if (sent !== undefined && sent !== '') headers[name] = sent;
  }
  if (headers['x-amz-storage-class'] === 'STANDARD') delete headers['x-amz-storage-class'];
  const redirect = headers['x-amz-website-redirect-location'];
  if (redirect !== undefined && !/^(\/|https?:\/\/)/.test(redirect)) throw new S3Error('InvalidRedirectLocation');
  return headers;
}

function withoutAwsChunked(encoding: string | undefined): string | undefined {
  return encoding
    ?.split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== 'aws-chunked')
    .join(',');
}

function readMetadata({ names, value }: PropertySource): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const name of names) {
    if (!name.startsWith(METADATA_PREFIX)) continue;
    const key = name.slice(METADATA_PREFIX.length);
    const text = value(name) ?? '';
    metadata[key] = text;
    size += Buffer.byteLength(key) + Buffer.byteLength(text);
  }
  if (size > MAX_METADATA_BYTES) throw new S3Error('MetadataTooLarge');
  return metadata;
}

/**
 * Reads a canned ACL (`undefined`: none was given). A bucket whose ACLs are disabled refuses any but
 * `bucket-owner-full-control` and `private`. Throws `AccessControlListNotSupported` or `InvalidArgument`.
 */
export function readAcl(name: string | undefined, isGranting: boolean, aclsDisabled: boolean): CannedAcl {
  const acl = name === undefined ? 'private' : CANNED_ACLS[name];
  if (acl === undefined) throw new S3Error('InvalidArgument', `There is no canned ACL '${String(name)}'.`);
  const isNeutral = name === undefined || name === 'private' || name === 'bucket-owner-full-control';
  if (aclsDisabled && (isGranting || !isNeutral)) throw new S3Error('AccessControlListNotSupported');
  if (isGranting) throw new S3Error('NotImplemented', 'This store takes canned ACLs only, no x-amz-grant-… headers.');
  return acl;
}

/** Writes the properties as response headers. */
export function propertyHeaders({ headers, metadata }: ObjectProperties): Record<string, string> {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) written[name] = headerText(value);
  for (const [name, value] of Object.entries(metadata)) written[METADATA_PREFIX + name] = headerText(value);
  return written;
}

/** Text beyond printable ASCII is sent as an RFC 2047 encoded word, as S3 does with metadata. */
function headerText(value: string): string {
  return /^[\t\u0020-\u007e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}
