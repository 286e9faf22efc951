import { bucketOf, type Exchange, type S3Response, xmlResponse } from '../exchange.js';
import {
  fromContinuationToken,
  listObjects,
  type ListPage,
  type ListQuery,
  positionOfMarker,
  toContinuationToken,
} from '../list-objects.js';
import { listingEncode } from '../percent-encoding.js';
import { S3Error } from '../s3-error.js';
import type { S3Request } from '../s3-request.js';
import type { StoredObject } from '../stored-object.js';
import { element, xmlDocument } from '../xml.js';

/** S3's limit on the entries of a page. */
const maxKeysPerRequest = 1000;

type Encode = (text: string) => string;

/** ListObjectsV2. */
export function listObjectsV2(exchange: Exchange): S3Response {
  const { request } = exchange;
  const token = request.query('continuation-token');
  const startAfter = request.query('start-after');
  const after = token === undefined ? keyPosition(startAfter) : fromContinuationToken(token);
  if (token !== undefined && after === undefined) {
    throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
  }
  const encode = encoderOf(request);
  const { query, page } = readPage(exchange, after);
  const next = page.next === undefined ? undefined : toContinuationToken(page.next);
  const inner =
    element('ContinuationToken', token) +
    element('NextContinuationToken', next) +
    element('StartAfter', startAfter && encode(startAfter)) +
    element('KeyCount', page.objects.length + page.commonPrefixes.length) +
    pageXml({ request, query, page, encode, hasOwner: request.query('fetch-owner') === 'true' });
  return xmlResponse(xmlDocument('ListBucketResult', inner));
}

/** ListObjects, version 1: returns `NextMarker` only with a delimiter. */
export function listObjectsV1(exchange: Exchange): S3Response {
  const { request } = exchange;
  const marker = request.query('marker') ?? '';
  const encode = encoderOf(request);
  const scope = { prefix: request.query('prefix') ?? '', delimiter: request.query('delimiter') ?? '' };
  const { query, page } = readPage(exchange, marker === '' ? undefined : positionOfMarker(marker, scope));
  const nextMarker = query.delimiter === '' || page.next === undefined ? undefined : encode(page.next.name);
  const inner =
    element('Marker', encode(marker)) +
    element('NextMarker', nextMarker) +
    pageXml({ request, query, page, encode, hasOwner: true });
  return xmlResponse(xmlDocument('ListBucketResult', inner));
}

function readPage(exchange: Exchange, after: ListQuery['after']): { query: ListQuery; page: ListPage<StoredObject> } {
  const { request, injected } = exchange;
  const query: ListQuery = {
    prefix: request.query('prefix') ?? '',
    delimiter: request.query('delimiter') ?? '',
    maxKeys: maxKeysOf(request),
    after: injected.repeatPage === true ? undefined : after,
  };
  const limit = Math.min(query.maxKeys, injected.truncateList ?? maxKeysPerRequest);
  return { query, page: listObjects(bucketOf(exchange).objects, { ...query, maxKeys: limit }) };
}

function pageXml(options: {
  request: S3Request;
  query: ListQuery;
  page: ListPage<StoredObject>;
  encode: Encode;
  hasOwner: boolean;
}): string {
  const { request, query, page, encode, hasOwner } = options;
  return (
    element('Name', request.target.bucket) +
    element('Prefix', encode(query.prefix)) +
    element('Delimiter', query.delimiter === '' ? undefined : encode(query.delimiter)) +
    element('MaxKeys', query.maxKeys) +
    element('EncodingType', request.query('encoding-type')) +
    element('IsTruncated', page.next !== undefined) +
    page.objects.map((object) => objectXml(object, encode, hasOwner)).join('') +
    page.commonPrefixes
      .map((prefix) => `<CommonPrefixes>${element('Prefix', encode(prefix))}</CommonPrefixes>`)
      .join('')
  );
}

function objectXml(object: StoredObject, encode: Encode, hasOwner: boolean): string {
  return `<Contents>${element('Key', encode(object.key))}${element(
    'LastModified',
    new Date(object.lastModified).toISOString(),
  )}<ETag>&quot;${object.etag}&quot;</ETag>${element(
    'ChecksumAlgorithm',
    object.checksum?.algorithm,
  )}${element('ChecksumType', object.checksum?.type)}<Size>${object.size}</Size>${
    hasOwner ? '<Owner><ID>owner</ID><DisplayName>owner</DisplayName></Owner>' : ''
  }<StorageClass>${object.headers['x-amz-storage-class'] ?? 'STANDARD'}</StorageClass></Contents>`;
}

/** Returns the encoding of keys. Throws `InvalidArgument` for one that S3 does not have. */
export function encoderOf(request: S3Request): Encode {
  const type = request.query('encoding-type');
  if (type === undefined) return (text) => text;
  if (type === 'url') return listingEncode;
  throw new S3Error('InvalidArgument', 'Invalid Encoding Method specified in Request');
}

function maxKeysOf(request: S3Request): number {
  const text = request.query('max-keys');
  if (text === undefined || text === '') return maxKeysPerRequest;
  if (!/^\d{1,10}$/.test(text))
    throw new S3Error('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  return Math.min(Number(text), maxKeysPerRequest);
}

function keyPosition(key: string | undefined): ListQuery['after'] {
  return key === undefined || key === '' ? undefined : { kind: 'key', name: key };
}
