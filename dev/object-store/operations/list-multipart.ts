import { bucketOf, type Exchange, type S3Response, xmlResponse } from '../exchange.js';
import { toByteString } from '../key-index.js';
import { S3Error } from '../s3-error.js';
import type { S3Request } from '../s3-request.js';
import { element, xmlDocument } from '../xml.js';
import { checksumXml } from './copy-result.js';
import { encoderOf } from './list-objects.js';
import { requireUpload } from './upload-part.js';

/** S3's limit on the entries of a page of parts or uploads. */
const maxEntries = 1000;
const ownerXml = '<ID>owner</ID><DisplayName>owner</DisplayName>';
const ownerAndStorageClass =
  `<Initiator>${ownerXml}</Initiator><Owner>${ownerXml}</Owner>` + '<StorageClass>STANDARD</StorageClass>';

/** AbortMultipartUpload. */
export function abortMultipartUpload(exchange: Exchange): S3Response {
  const { id } = requireUpload(exchange);
  const { name } = bucketOf(exchange).settings;
  exchange.store.catalog.commit({ type: 'upload-ended', bucket: name, upload: id });
  return { status: 204 };
}

/** ListParts. */
export function listParts(exchange: Exchange): S3Response {
  const { request } = exchange;
  const { id, key, parts } = requireUpload(exchange);
  const marker = countOf(request, 'part-number-marker', 0);
  const limit = Math.min(countOf(request, 'max-parts', maxEntries), maxEntries);
  const following = [...parts.values()].filter(({ number }) => number > marker).sort((a, b) => a.number - b.number);
  const page = following.slice(0, limit);
  const inner = [
    element('Bucket', request.target.bucket),
    element('Key', key),
    element('UploadId', id),
    ownerAndStorageClass,
    element('PartNumberMarker', marker),
    element('NextPartNumberMarker', page.at(-1)?.number ?? 0),
    element('MaxParts', limit),
    element('IsTruncated', following.length > page.length),
    ...page.map(
      ({ number, lastModified, etag, size, checksum }) =>
        `<Part>${[
          element('PartNumber', number),
          element('LastModified', new Date(lastModified).toISOString()),
          element('ETag', `"${etag}"`),
          element('Size', size),
          checksumXml(checksum),
        ].join('')}</Part>`,
    ),
  ];
  return xmlResponse(xmlDocument('ListPartsResult', inner.join('')));
}

/** ListMultipartUploads, without delimiters. */
export function listMultipartUploads(exchange: Exchange): S3Response {
  const { request } = exchange;
  if ((request.query('delimiter') ?? '') !== '') {
    throw new S3Error('NotImplemented', 'This store lists multipart uploads without delimiters.');
  }
  const encode = encoderOf(request);
  const prefix = request.query('prefix') ?? '';
  const keyMarker = request.query('key-marker') ?? '';
  const idMarker = request.query('upload-id-marker') ?? '';
  const limit = Math.min(countOf(request, 'max-uploads', maxEntries), maxEntries);
  const position = (key: string, id: string): string => `${toByteString(key)}\u0000${id}`;
  // Without an upload id, the marker skips all uploads of its key.
  const after = position(keyMarker, idMarker === '' ? '\u0100' : idMarker);
  const following = [...bucketOf(exchange).uploads.values()]
    .filter(({ key, id }) => key.startsWith(prefix) && (keyMarker === '' || position(key, id) > after))
    .sort((a, b) => (position(a.key, a.id) < position(b.key, b.id) ? -1 : 1));
  const page = following.slice(0, limit);
  const isTruncated = following.length > page.length;
  const last = isTruncated ? page.at(-1) : undefined;
  const inner = [
    element('Bucket', request.target.bucket),
    element('KeyMarker', encode(keyMarker)),
    element('UploadIdMarker', idMarker),
    element('NextKeyMarker', last && encode(last.key)),
    element('NextUploadIdMarker', last?.id),
    element('Prefix', encode(prefix)),
    element('EncodingType', request.query('encoding-type')),
    element('MaxUploads', limit),
    element('IsTruncated', isTruncated),
    ...page.map(({ key, id, started }) => {
      const names = element('Key', encode(key)) + element('UploadId', id);
      return `<Upload>${names}${ownerAndStorageClass}${element('Initiated', new Date(started).toISOString())}</Upload>`;
    }),
  ];
  return xmlResponse(xmlDocument('ListMultipartUploadsResult', inner.join('')));
}

function countOf(request: S3Request, name: string, fallback: number): number {
  const text = request.query(name);
  if (text === undefined || text === '') return fallback;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new S3Error('InvalidArgument', `Provided ${name} not an integer or within integer range`);
}
