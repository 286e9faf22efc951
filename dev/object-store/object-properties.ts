import { S3Error } from './s3-error.js';
import type { CannedAcl, ObjectProperties } from './stored-object.js';

/** System headers that the store keeps with an object and returns unchanged. */
const keptHeaders = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
] as const;

/** Kept headers that no copy takes from its source, with either directive (AWS: CopyObject). */
export const uncopiedHeaders: readonly string[] = ['x-amz-storage-class', 'x-amz-website-redirect-location'];

const metadataPrefix = 'x-amz-meta-';
/** S3's limit on user metadata: names and values together, in bytes. */
const maxMetadataBytes = 2 * 1024;

const cannedAcls: Readonly<Record<string, CannedAcl>> = {
  private: 'private',
  'public-read': 'public-read',
  'public-read-write': 'public-read-write',
  'authenticated-read': 'authenticated-read',
  'aws-exec-read': 'private',
  'bucket-owner-read': 'private',
  'bucket-owner-full-control': 'private',
};

/** The headers of a request or the fields of a form. Names are in lower case. */
export type PropertySource = {
  readonly names: Iterable<string>;
  readonly value: (name: string) => string | undefined;
};

/** Reads the properties that a writer sets, with S3's defaults. Throws S3's errors. */
export function readProperties(source: PropertySource, acl: CannedAcl): ObjectProperties {
  return { headers: readHeaders(source), metadata: readMetadata(source), acl };
}

function readHeaders({ value }: PropertySource): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of keptHeaders) {
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
    if (!name.startsWith(metadataPrefix)) continue;
    const key = name.slice(metadataPrefix.length);
    const text = value(name) ?? '';
    metadata[key] = text;
    size += Buffer.byteLength(key) + Buffer.byteLength(text);
  }
  if (size > maxMetadataBytes) throw new S3Error('MetadataTooLarge');
  return metadata;
}

/**
 * Reads a canned ACL; `name` is undefined when the request has none. A bucket with ACLs disabled refuses all but
 * `bucket-owner-full-control` and `private`. Throws `AccessControlListNotSupported` or `InvalidArgument`.
 */
export function readAcl(name: string | undefined, isGranting: boolean, aclsDisabled: boolean): CannedAcl {
  const acl = name === undefined ? 'private' : cannedAcls[name];
  if (acl === undefined) throw new S3Error('InvalidArgument', `There is no canned ACL '${String(name)}'.`);
  const isNeutral = name === undefined || name === 'private' || name === 'bucket-owner-full-control';
  if (aclsDisabled && (isGranting || !isNeutral)) throw new S3Error('AccessControlListNotSupported');
  if (isGranting) throw new S3Error('NotImplemented', 'This store takes canned ACLs only, no x-amz-grant-… headers.');
  return acl;
}

export function propertyHeaders({ headers, metadata }: ObjectProperties): Record<string, string> {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) written[name] = headerText(value);
  for (const [name, value] of Object.entries(metadata)) written[metadataPrefix + name] = headerText(value);
  return written;
}

/** S3 returns text beyond printable ASCII as an RFC 2047 encoded word. */
function headerText(value: string): string {
  return /^[\t\u0020-\u007e]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}
