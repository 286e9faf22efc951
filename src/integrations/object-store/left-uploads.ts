import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type MultipartUpload,
  type S3Client,
} from '@aws-sdk/client-s3';
import { LtdError } from '../../domain/errors.js';
import type { PrefixRequest } from './object-store.js';
import type { Send } from './s3-send.js';

/** What is needed to end uploads. */
export interface UploadEnder {
  readonly client: S3Client;
  readonly send: Send;
  /** Uploads that are listed at a time. @default the store's 1,000 */
  readonly pageSize?: number;
}

/**
 * Ends every multipart upload that is open under a prefix (or only those to one `key` there), whoever began it, and
 * gives how many there were. One that ends meanwhile is no error.
 */
export async function endLeftUploads(
  ender: UploadEnder,
  request: PrefixRequest & { readonly key?: string },
): Promise<number> {
  let ended = 0;
  let next: Marker | null = {};
  while (next !== null) {
    const page: UploadPage = await listUploads(ender, request, next);
    const { key } = request;
    const uploads = key === undefined ? page.uploads : page.uploads.filter(({ Key }) => Key === key);
    for (const upload of uploads) await endUpload(ender, request, upload);
    ended += uploads.length;
    next = page.next;
  }
  return ended;
}

/** Where a page begins: behind this upload. */
interface Marker {
  readonly KeyMarker?: string | undefined;
  readonly UploadIdMarker?: string | undefined;
}

interface UploadPage {
  readonly uploads: readonly MultipartUpload[];
  readonly next: Marker | null;
}

async function listUploads(
  { client, send, pageSize }: UploadEnder,
  { bucket, prefix, gate }: PrefixRequest,
  after: Marker,
): Promise<UploadPage> {
  const command = new ListMultipartUploadsCommand({
    Bucket: bucket,
    Prefix: prefix,
    MaxUploads: pageSize,
    ...after,
  });
  const action = `list the uploads under "${prefix}"`;
  return send({ action, bucket, gate, kind: 'read' }, async ({ signal }) => {
    const page = await client.send(command, { abortSignal: signal });
    const { Uploads = [], IsTruncated = false, NextKeyMarker, NextUploadIdMarker } = page;
    const isLast = !IsTruncated || NextKeyMarker === undefined;
    return {
      uploads: Uploads,
      next: isLast ? null : { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker },
    };
  });
}

async function endUpload(
  { client, send }: UploadEnder,
  { bucket, gate }: PrefixRequest,
  { Key, UploadId }: MultipartUpload,
): Promise<void> {
  const action = `end the upload of "${Key ?? ''}"`;
  const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId });
  await send({ action, bucket, gate, kind: 'write' }, async ({ signal }) => {
    if (Key === undefined || UploadId === undefined)
      throw new LtdError('store_unavailable', `The object store could not ${action}: it gave no id`);
    try {
      await client.send(command, { abortSignal: signal });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NoSuchUpload')) throw error;
    }
  });
}
