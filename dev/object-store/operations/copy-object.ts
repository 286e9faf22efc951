import type { Bucket } from '../catalog.js';
import { checksumAlgorithm } from '../checksum.js';
import { digestOf } from '../content.js';
import { type CopySource, findCopySource } from '../copy-source.js';
import { bucketOf, type Exchange, keyOf, type S3Response, type Store, timestamp, xmlResponse } from '../exchange.js';
import { uncopiedHeaders } from '../object-properties.js';
import { checkWriteConditions, readConditions } from '../precondition.js';
import { S3Error } from '../s3-error.js';
import type { S3Request } from '../s3-request.js';
import type { ChecksumAlgorithm, ObjectProperties, StoredContent, StoredObject } from '../stored-object.js';
import { xmlDocument } from '../xml.js';
import { copyResultXml, injectedErrorResponse } from './copy-result.js';
import { requestProperties } from './put-object.js';

/** CopyObject. The new object refers to the bytes of the old one, so it copies no bytes. */
export function copyObject(exchange: Exchange): S3Response | Promise<S3Response> {
  const { store, request, injected } = exchange;
  if (injected.errorIn200 !== undefined) return injectedErrorResponse(injected.errorIn200.code);
  const source = findCopySource(store, request);
  if (source.object.size > store.limits.singleCopy) {
    throw new S3Error(
      'InvalidRequest',
      'The specified copy source is larger than the maximum allowable size ' +
        `for a copy source: ${store.limits.singleCopy}`,
    );
  }
  const properties = copiedProperties(request, source, bucketOf(exchange));
  const content = copiedContent(store, source.object, requestedAlgorithm(request));
  return content instanceof Promise
    ? content.then((computed) => record(exchange, properties, computed))
    : record(exchange, properties, content);
}

function record(exchange: Exchange, properties: ObjectProperties, content: StoredContent): S3Response {
  const { store, request } = exchange;
  const { objects, settings } = bucketOf(exchange);
  const key = keyOf(request);
  checkWriteConditions(readConditions(request.header), objects.get(key));
  const object = { key, lastModified: timestamp(store), ...properties, ...content };
  store.catalog.commit({ type: 'object', bucket: settings.name, object });
  return xmlResponse(xmlDocument('CopyObjectResult', copyResultXml(object)));
}

function copiedProperties(request: S3Request, source: CopySource, destination: Bucket): ObjectProperties {
  const requested = requestProperties(request, destination);
  const directive = request.amzHeader('x-amz-metadata-directive') ?? 'COPY';
  if (directive === 'REPLACE') return requested;
  if (directive !== 'COPY') throw new S3Error('InvalidArgument', 'Unknown metadata directive.');
  const isItself = source.bucket === destination.settings.name && source.object.key === request.target.key;
  const isChanged = uncopiedHeaders.some((name) => requested.headers[name] !== source.object.headers[name]);
  if (isItself && !isChanged) {
    throw new S3Error(
      'InvalidRequest',
      'This copy request is illegal because it is trying to copy an object to itself without changing ' +
        "the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const pick = (headers: Readonly<Record<string, string>>, isUncopied: boolean): [string, string][] =>
    Object.entries(headers).filter(([name]) => uncopiedHeaders.includes(name) === isUncopied);
  return {
    headers: Object.fromEntries([...pick(source.object.headers, false), ...pick(requested.headers, true)]),
    metadata: source.object.metadata,
    acl: requested.acl,
  };
}

function requestedAlgorithm(request: S3Request): ChecksumAlgorithm | undefined {
  const name = request.amzHeader('x-amz-checksum-algorithm');
  if (name === undefined) return undefined;
  const algorithm = checksumAlgorithm(name);
  if (algorithm === undefined) throw new S3Error('InvalidRequest', `There is no checksum algorithm '${name}'.`);
  return algorithm;
}

/**
 * Returns the content of a copy, a single object even when its source has parts: its ETag is the MD5 of all bytes, so
 * it reads them. It also reads them for a checksum that the source lacks.
 */
function copiedContent(
  store: Store,
  { slices, size, etag, checksum, partSizes }: StoredObject,
  algorithm: ChecksumAlgorithm | undefined,
): StoredContent | Promise<StoredContent> {
  const wanted = algorithm ?? checksum?.algorithm;
  const isChecksumKept = checksum?.type === 'FULL_OBJECT' && checksum.algorithm === wanted;
  if (partSizes === undefined && (wanted === undefined || isChecksumKept)) {
    return { slices, size, etag, ...(checksum === undefined ? {} : { checksum }) };
  }
  return digestOf(store.blobs, slices, wanted).then((digest) => {
    const content = { slices, size, etag: digest.md5 };
    if (wanted === undefined || digest.checksum === undefined) return content;
    return { ...content, checksum: { algorithm: wanted, value: digest.checksum, type: 'FULL_OBJECT' } };
  });
}
