import type { Bucket } from '../catalog.js';
import { checksumHeader } from '../checksum.js';
import { bucketOf, type Exchange, keyOf, type S3Response, timestamp } from '../exchange.js';
import { readAcl, readProperties } from '../object-properties.js';
import { receivePayload } from '../payload.js';
import { checkWriteConditions, readConditions } from '../precondition.js';
import { S3Error } from '../s3-error.js';
import type { S3Request } from '../s3-request.js';
import type { CannedAcl, ObjectProperties, StoredChecksum } from '../stored-object.js';

/** PutObject. */
export async function putObject(exchange: Exchange): Promise<S3Response> {
  const { store, request, caller } = exchange;
  const key = keyOf(request);
  const bucket = bucketOf(exchange);
  const properties = requestProperties(request, bucket);
  const content = await receivePayload(store.blobs, request, caller);
  // The bucket may be deleted while the body arrives. From here on nothing else runs until the object is recorded.
  const { objects } = bucketOf(exchange);
  checkWriteConditions(readConditions(request.header), objects.get(key));
  const object = { key, lastModified: timestamp(store), ...properties, ...content };
  store.catalog.commit({ type: 'object', bucket: bucket.settings.name, object });
  return { status: 200, headers: { etag: `"${content.etag}"`, ...checksumHeaders(content.checksum) } };
}

/** The object properties in a request's headers. */
export function requestProperties(request: S3Request, bucket: Bucket): ObjectProperties {
  return readProperties({ names: request.headerNames(), value: request.amzHeader }, requestAcl(request, bucket));
}

/** The ACL in a request's headers. */
export function requestAcl(request: S3Request, bucket: Bucket): CannedAcl {
  const isGranting = request.headerNames().some((name) => name.startsWith('x-amz-grant-'));
  return readAcl(request.amzHeader('x-amz-acl'), isGranting, bucket.settings.aclsDisabled);
}

export function checksumHeaders(checksum: StoredChecksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type };
}

/** The object of a request. Throws `NoSuchBucket` or `NoSuchKey`. */
export function requireObject(exchange: Exchange): NonNullable<ReturnType<Bucket['objects']['get']>> {
  const key = keyOf(exchange.request);
  const object = bucketOf(exchange).objects.get(key);
  if (object === undefined) throw new S3Error('NoSuchKey', undefined, { Key: key });
  return object;
}
