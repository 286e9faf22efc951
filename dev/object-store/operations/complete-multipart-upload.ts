import { createHash } from 'node:crypto';
import type { Upload } from '../catalog.js';
import { checksumHeader } from '../checksum.js';
import { bucketOf, type Exchange, keyOf, type S3Response, type Store, timestamp, xmlResponse } from '../exchange.js';
import { finishedChecksum } from '../multipart-checksum.js';
import { readPayload } from '../payload.js';
import { uriEncodePath } from '../percent-encoding.js';
import { checkWriteConditions, readConditions } from '../precondition.js';
import { S3Error } from '../s3-error.js';
import type { S3Request } from '../s3-request.js';
import { checksumAlgorithms, type StoredChecksum, type StoredObject, type StoredPart } from '../stored-object.js';
import { childText, element, parseXml, type XmlElement, xmlDocument } from '../xml.js';
import { checksumXml, injectedErrorResponse } from './copy-result.js';
import { requireUpload } from './upload-part.js';

/** CompleteMultipartUpload. As in S3, a repeated completion gets the first answer again. */
export async function completeMultipartUpload(exchange: Exchange): Promise<S3Response> {
  const { store, request, caller, injected } = exchange;
  const listed = parseCompletion(await readPayload(request, caller));
  if (injected.errorIn200 !== undefined) return injectedErrorResponse(injected.errorIn200.code);
  const finished = bucketOf(exchange).objects.get(keyOf(request));
  if (finished?.uploadId !== undefined && finished.uploadId === request.query('uploadId')) {
    return completed(exchange, finished);
  }
  const upload = requireUpload(exchange);
  const parts = chooseParts(store, upload, listed);
  const checksum = await finishedChecksum(store.blobs, upload.checksum, parts);
  verifyCompletion(request, parts, checksum);
  requireUpload(exchange);
  const { objects, settings } = bucketOf(exchange);
  checkWriteConditions(readConditions(request.header), objects.get(upload.key));
  const object = assemble(store, upload, { parts, checksum });
  const bucket = settings.name;
  store.catalog.commit({ type: 'object', bucket, object }, { type: 'upload-ended', bucket, upload: upload.id });
  return completed(exchange, object);
}

function completed({ request }: Exchange, object: StoredObject): S3Response {
  const bucket = request.target.bucket ?? '';
  const location = `http://${request.header('host') ?? ''}/${bucket}/${uriEncodePath(object.key)}`;
  const names = element('Location', location) + element('Bucket', bucket) + element('Key', object.key);
  const inner = names + element('ETag', `"${object.etag}"`) + checksumXml(object.checksum);
  return xmlResponse(xmlDocument('CompleteMultipartUploadResult', inner));
}

function assemble(
  store: Store,
  upload: Upload,
  { parts, checksum }: { parts: readonly StoredPart[]; checksum: StoredChecksum | undefined },
): StoredObject {
  const md5 = createHash('md5');
  for (const { etag } of parts) md5.update(Buffer.from(etag, 'hex'));
  return {
    ...upload.properties,
    key: upload.key,
    lastModified: timestamp(store),
    slices: parts.flatMap((part) => part.slices),
    size: parts.reduce((sum, part) => sum + part.size, 0),
    etag: `${md5.digest('hex')}-${parts.length}`,
    partSizes: parts.map((part) => part.size),
    uploadId: upload.id,
    ...(checksum === undefined ? {} : { checksum }),
  };
}

type ListedPart = { readonly number: number; readonly etag: string; readonly checksum: string | undefined };

function parseCompletion(body: string): ListedPart[] {
  const root = parseXml(body);
  const parts = root.children.filter(({ name }) => name === 'Part').map(parsePart);
  if (root.name !== 'CompleteMultipartUpload' || parts.length === 0) throw new S3Error('MalformedXML');
  return parts;
}

function parsePart(part: XmlElement): ListedPart {
  const number = Number(childText(part, 'PartNumber') ?? 'none');
  const etag = childText(part, 'ETag')?.trim();
  if (!Number.isInteger(number) || etag === undefined) throw new S3Error('MalformedXML');
  const checksums = checksumAlgorithms.map((algorithm) => childText(part, `Checksum${algorithm}`));
  return { number, etag: etag.replaceAll('"', ''), checksum: checksums.find((value) => value !== undefined) };
}

function chooseParts(store: Store, upload: Upload, listed: readonly ListedPart[]): StoredPart[] {
  const isAscending = listed.every(({ number }, index) => number > (listed[index - 1]?.number ?? 0));
  if (!isAscending) throw new S3Error('InvalidPartOrder');
  const parts = listed.map(({ number, etag, checksum }) => {
    const part = upload.parts.get(number);
    const isChecksumRight = checksum === undefined || part?.checksum?.value === checksum;
    if (part?.etag !== etag || !isChecksumRight) {
      throw new S3Error('InvalidPart', undefined, {
        UploadId: upload.id,
        PartNumber: String(number),
        ETag: etag,
      });
    }
    return part;
  });
  const small = parts.slice(0, -1).find((part) => part.size < store.limits.minimumPart);
  if (small === undefined) return parts;
  throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed object size.', {
    PartNumber: String(small.number),
    ProposedSize: String(small.size),
    MinSizeAllowed: String(store.limits.minimumPart),
  });
}

/** The statements of the request about the whole object must hold. */
function verifyCompletion(
  request: S3Request,
  parts: readonly StoredPart[],
  checksum: StoredChecksum | undefined,
): void {
  const size = request.header('x-amz-mp-object-size');
  const actual = parts.reduce((sum, part) => sum + part.size, 0);
  if (size !== undefined && Number(size) !== actual) {
    throw new S3Error('InvalidRequest', `The provided 'x-amz-mp-object-size' header does not match what was computed.`);
  }
  if (checksum === undefined) return;
  const stated = request.header(checksumHeader(checksum.algorithm));
  if (stated === undefined || stated === checksum.value) return;
  throw new S3Error('BadDigest', `The ${checksum.algorithm} you specified did not match the calculated checksum.`);
}
