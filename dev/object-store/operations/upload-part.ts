import { parseCopyRange } from '../byte-range.js';
import type { Upload } from '../catalog.js';
import { cutSlices, digestOf } from '../content.js';
import { findCopySource } from '../copy-source.js';
import { bucketOf, type Exchange, keyOf, type S3Response, timestamp, xmlResponse } from '../exchange.js';
import { receivePayload } from '../payload.js';
import { S3Error } from '../s3-error.js';
import type { S3Request } from '../s3-request.js';
import type { StoredContent, StoredPart } from '../stored-object.js';
import { xmlDocument } from '../xml.js';
import { copyResultXml, injectedErrorResponse } from './copy-result.js';
import { checksumHeaders } from './put-object.js';

/** S3's limit on part numbers. */
const maxPartNumber = 10_000;

/** UploadPart. */
export async function uploadPart(exchange: Exchange): Promise<S3Response> {
  const { store, request, caller } = exchange;
  const number = partNumberOf(request);
  const { checksum } = requireUpload(exchange);
  const content = await receivePayload(store.blobs, request, caller);
  if (checksum !== undefined && content.checksum?.algorithm !== checksum.algorithm) {
    throw new S3Error(
      'InvalidRequest',
      `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, ` +
        `actual checksum Type: ${content.checksum?.algorithm.toLowerCase() ?? 'null'}`,
    );
  }
  recordPart(exchange, number, content);
  return { status: 200, headers: { etag: `"${content.etag}"`, ...checksumHeaders(content.checksum) } };
}

/** UploadPartCopy: the part refers to the source's bytes, all or a range. It reads them for the ETag only. */
export async function uploadPartCopy(exchange: Exchange): Promise<S3Response> {
  const { store, request, injected } = exchange;
  const number = partNumberOf(request);
  const { checksum: wanted } = requireUpload(exchange);
  if (injected.errorIn200 !== undefined) return injectedErrorResponse(injected.errorIn200.code);
  const { object } = findCopySource(store, request);
  const rangeHeader = request.header('x-amz-copy-source-range');
  const range = rangeHeader === undefined ? { start: 0, end: object.size } : parseCopyRange(rangeHeader, object.size);
  const size = range.end - range.start;
  if (size > store.limits.singleCopy) {
    throw new S3Error(
      'InvalidRequest',
      'The specified copy source is larger than the maximum allowable size for a copy source.',
    );
  }
  const slices = cutSlices(object.slices, range.start, range.end);
  const digest = await digestOf(store.blobs, slices, wanted?.algorithm);
  const content = { slices, size, etag: digest.md5 };
  const part = recordPart(
    exchange,
    number,
    wanted === undefined || digest.checksum === undefined
      ? content
      : {
          ...content,
          checksum: { algorithm: wanted.algorithm, value: digest.checksum, type: 'FULL_OBJECT' },
        },
  );
  return xmlResponse(xmlDocument('CopyPartResult', copyResultXml(part)));
}

/** The unfinished upload of a request. Throws `NoSuchUpload`. */
export function requireUpload(exchange: Exchange): Upload {
  const id = exchange.request.query('uploadId') ?? '';
  const upload = bucketOf(exchange).uploads.get(id);
  if (upload?.key === keyOf(exchange.request)) return upload;
  throw new S3Error('NoSuchUpload', undefined, { UploadId: id });
}

/** Records a part. Finds the upload again, because it may have ended while the bytes arrived. */
function recordPart(exchange: Exchange, number: number, content: StoredContent): StoredPart {
  const upload = requireUpload(exchange);
  const part = { number, lastModified: timestamp(exchange.store), ...content };
  const { name } = bucketOf(exchange).settings;
  exchange.store.catalog.commit({ type: 'part', bucket: name, upload: upload.id, part });
  return part;
}

function partNumberOf(request: S3Request): number {
  const text = request.query('partNumber') ?? '';
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= maxPartNumber) return number;
  throw new S3Error('InvalidArgument', `Part number must be an integer between 1 and ${maxPartNumber}, inclusive`);
}
