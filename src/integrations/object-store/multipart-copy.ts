import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  type CompletedPart,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { hasCode, LtdError } from '../../domain/errors.js';
import { copySource } from './copy-source.js';
import { endLeftUploads } from './left-uploads.js';
import type { CopyRequest } from './object-store.js';
import { headerInput } from './s3-headers.js';
import { plainEtag } from './s3-listing.js';
import type { Send } from './s3-send.js';

/** AWS: the most parts of one upload. */
const maxParts = 10_000;

/** Parts of one object in flight: large objects are rare, and the pool above bounds how many there are at a time. */
const partsAtOnce = 8;

/** What a copy in parts needs. */
export interface PartCopier {
  readonly client: S3Client;
  readonly send: Send;
  /** In bytes; larger where an object would have too many parts. */
  readonly partSize: number;
}

interface Upload {
  readonly request: CopyRequest;
  readonly id: string;
  /** Whether its creation was asked for again: the first may have been heard all the same. */
  readonly mayHaveTwins: boolean;
}

/**
 * Copies one object part by part. The destination changes in one step at the end. After a failure, waits for the
 * answers to all parts in flight and aborts the upload. A failed abort is ignored: the next attempt ends open uploads
 * before its first write, so a completion that the store carries out late fails.
 */
export async function copyInParts(copier: PartCopier, request: CopyRequest): Promise<{ etag: string }> {
  const upload = await createUpload(copier, request);
  try {
    const parts = await copyParts(copier, upload);
    const copied = await completeUpload(copier, upload, parts);
    if (upload.mayHaveTwins) await endTwins(copier, request);
    return copied;
  } catch (error) {
    await abortUpload(copier, upload).catch(() => undefined);
    throw error;
  }
}

async function createUpload({ client, send }: PartCopier, request: CopyRequest): Promise<Upload> {
  const { bucket, destinationKey, headers, acl, gate } = request;
  const command = new CreateMultipartUploadCommand({
    Bucket: bucket,
    Key: destinationKey,
    ACL: acl ?? undefined,
    ...headerInput(headers),
  });
  const action = `begin to copy "${destinationKey}" in parts`;
  let sent = 0;
  const id = await send({ action, bucket, gate, kind: 'write' }, async ({ signal }) => {
    sent += 1;
    const { UploadId } = await client.send(command, { abortSignal: signal });
    if (UploadId === undefined) throw missing(action, 'upload id');
    return UploadId;
  });
  return { request, id, mayHaveTwins: sent > 1 };
}

/** Nobody else copies to this key, so what is still open there was made by a request whose answer was lost. */
async function endTwins(copier: PartCopier, { bucket, destinationKey, gate }: CopyRequest): Promise<void> {
  try {
    await endLeftUploads(copier, { bucket, prefix: destinationKey, key: destinationKey, gate });
  } catch (error) {
    if (!hasCode(error, 'store_access_denied') && !hasCode(error, 'store_rejected')) throw error;
    // The credentials or the store do not allow it; a lifecycle rule of the bucket is the remedy.
  }
}

async function copyParts(copier: PartCopier, upload: Upload): Promise<CompletedPart[]> {
  const ranges = partRanges(upload.request.source.size, copier.partSize);
  const parts: CompletedPart[] = [];
  let next = 0;
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    while (next < ranges.length && !hasFailed) {
      const index = next++;
      try {
        parts[index] = await copyPart(copier, upload, { number: index + 1, range: ranges[index] ?? '' });
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    }
  };
  const settled = await Promise.allSettled(Array.from({ length: partsAtOnce }, worker));
  for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
  return parts;
}

async function copyPart(
  { client, send }: PartCopier,
  { request, id }: Upload,
  part: { readonly number: number; readonly range: string },
): Promise<CompletedPart> {
  const { bucket, sourceKey, destinationKey, source, gate } = request;
  const command = new UploadPartCopyCommand({
    Bucket: bucket,
    Key: destinationKey,
    UploadId: id,
    PartNumber: part.number,
    CopySource: copySource(bucket, sourceKey),
    CopySourceIfMatch: `"${source.etag}"`,
    CopySourceRange: part.range,
  });
  const action = `copy part ${part.number} of "${sourceKey}" to "${destinationKey}"`;
  return await send({ action, bucket, gate, kind: 'write' }, async ({ signal }) => {
    const { CopyPartResult } = await client.send(command, { abortSignal: signal });
    if (CopyPartResult?.ETag === undefined) throw missing(action, 'ETag');
    return { PartNumber: part.number, ETag: CopyPartResult.ETag };
  });
}

async function completeUpload(
  { client, send }: PartCopier,
  { request, id }: Upload,
  parts: CompletedPart[],
): Promise<{ etag: string }> {
  const { bucket, destinationKey, gate } = request;
  const command = new CompleteMultipartUploadCommand({
    Bucket: bucket,
    Key: destinationKey,
    UploadId: id,
    MultipartUpload: { Parts: parts },
  });
  const action = `put the parts of "${destinationKey}" together`;
  return await send({ action, bucket, gate, kind: 'write' }, async ({ signal }) => {
    const { ETag } = await client.send(command, { abortSignal: signal });
    if (ETag === undefined) throw missing(action, 'ETag');
    return { etag: plainEtag(ETag) };
  });
}

/** Not gated: it touches this upload's parts alone, never an object. */
async function abortUpload({ client, send }: PartCopier, { request, id }: Upload): Promise<void> {
  const { bucket, destinationKey } = request;
  const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: destinationKey, UploadId: id });
  await send({ action: `give up copying "${destinationKey}"`, bucket, gate: undefined, kind: 'write' }, ({ signal }) =>
    client.send(command, { abortSignal: signal }),
  );
}

/** The byte ranges of the parts of an object of `size` bytes: `bytes=0-4`, both ends included. */
function partRanges(size: number, partSize: number): string[] {
  const step = Math.max(partSize, Math.ceil(size / maxParts));
  const starts = Array.from({ length: Math.ceil(size / step) }, (_, index) => index * step);
  return starts.map((start) => `bytes=${start}-${Math.min(start + step, size) - 1}`);
}

function missing(action: string, what: string): LtdError {
  return new LtdError('store_unavailable', `The object store could not ${action}: it gave no ${what}`);
}
