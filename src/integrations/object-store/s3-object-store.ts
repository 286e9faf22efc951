import {
  CopyObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { KeeperError } from '../../domain/errors.js';
import type { AttemptPolicy } from './attempts.js';
import { copySource } from './copy-source.js';
import { copyInParts } from './multipart-copy.js';
import type {
  CopyRequest,
  Gate,
  HeadObject,
  ListedPage,
  ListPageRequest,
  ObjectRequest,
  ObjectStore,
  PutRequest,
} from './object-store.js';
import { deleteObjects } from './s3-deletion.js';
import { headerInput, headersOf } from './s3-headers.js';
import { listedPage, plainEtag } from './s3-listing.js';
import { createSend, type Send } from './s3-send.js';

/** What the adapter is made of. Sizes in bytes. */
export interface S3ObjectStoreOptions {
  /** Made by `createS3Client`, so that it does not retry by itself. */
  readonly client: S3Client;
  /**
   * Objects above this size are copied in parts, each of at most this size. It keeps single requests short enough to
   * settle within the timeout of an attempt. (AWS: 5 GiB is the most for one request, 5 MiB the least for a part.)
   *
   * @default 128 MiB
   */
  readonly multipartThreshold?: number;
  /** How often and how long each request is tried. */
  readonly attempts?: Partial<AttemptPolicy>;
}

const nothing = new Uint8Array();

/** The object store over the AWS SDK. */
export function createS3ObjectStore(options: S3ObjectStoreOptions): ObjectStore {
  const { client, multipartThreshold = 128 * 1024 ** 2 } = options;
  const send = createSend(options.attempts);
  return {
    listPage: (request) => listPage(client, send, request),
    head: (request) => head(client, send, request),
    copy: (request) =>
      request.source.size > multipartThreshold
        ? copyInParts({ client, send, partSize: multipartThreshold }, request)
        : copyAtOnce(client, send, request),
    put: (request) => put(client, send, request),
    putEmpty: (request) => put(client, send, { ...request, body: nothing }),
    deleteMany: (request) => deleteObjects(client, send, request),
    checkBucket: ({ bucket, gate }) => checkBucket(client, send, { bucket, gate }),
  };
}

async function listPage(client: S3Client, send: Send, request: ListPageRequest): Promise<ListedPage> {
  const { bucket, prefix, startAfter, continuation, limit = 1_000, gate } = request;
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    MaxKeys: limit,
    // Without it XML could not carry every key.
    EncodingType: 'url',
    ...(continuation === undefined ? { StartAfter: startAfter } : { ContinuationToken: continuation }),
  });
  return await send({ action: `list "${prefix}"`, bucket, gate }, async (options) =>
    listedPage(await client.send(command, options)),
  );
}

async function head(client: S3Client, send: Send, request: ObjectRequest): Promise<HeadObject | null> {
  const { bucket, key, gate } = request;
  const command = new HeadObjectCommand({ Bucket: bucket, Key: key });
  return await send({ action: `look at "${key}"`, bucket, gate }, async (options) => {
    try {
      return headObject(key, await client.send(command, options));
    } catch (error) {
      // The answer to a HEAD has no body, so nothing but its status says that there is no such object.
      if (error instanceof Error && error.name === 'NotFound') return null;
      throw error;
    }
  });
}

function headObject(key: string, output: HeadObjectCommandOutput): HeadObject {
  if (output.ETag === undefined || output.ContentLength === undefined) {
    throw new KeeperError('store_unavailable', `The object store gave no size or ETag of "${key}"`);
  }
  const etag = plainEtag(output.ETag);
  const isEncrypted = output.SSEKMSKeyId !== undefined || output.SSECustomerAlgorithm !== undefined;
  return {
    etag,
    size: output.ContentLength,
    headers: headersOf(output),
    isEtagDigest: !etag.includes('-') && !isEncrypted,
  };
}

async function copyAtOnce(client: S3Client, send: Send, request: CopyRequest): Promise<{ etag: string }> {
  const { bucket, sourceKey, destinationKey, source, headers, acl, gate } = request;
  const command = new CopyObjectCommand({
    Bucket: bucket,
    Key: destinationKey,
    CopySource: copySource(bucket, sourceKey),
    CopySourceIfMatch: `"${source.etag}"`,
    MetadataDirective: 'REPLACE',
    ACL: acl ?? undefined,
    ...headerInput(headers),
  });
  const action = `copy "${sourceKey}" to "${destinationKey}"`;
  return await send({ action, bucket, gate }, async (options) => {
    const { CopyObjectResult } = await client.send(command, options);
    // AWS: CopyObject can answer 200 and fail afterwards; only an ETag is a success.
    if (CopyObjectResult?.ETag === undefined) {
      throw new KeeperError('store_unavailable', `The object store could not ${action}: it gave no ETag`);
    }
    return { etag: plainEtag(CopyObjectResult.ETag) };
  });
}

async function put(client: S3Client, send: Send, request: PutRequest): Promise<void> {
  const { bucket, key, body, headers, acl, gate } = request;
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: body,
    ContentLength: body.length,
    ACL: acl ?? undefined,
    ...headerInput(headers),
  });
  await send({ action: `write "${key}"`, bucket, gate }, (options) => client.send(command, options));
}

async function checkBucket(
  client: S3Client,
  send: Send,
  request: { readonly bucket: string; readonly gate: Gate | undefined },
): Promise<void> {
  const { bucket, gate } = request;
  const command = new HeadBucketCommand({ Bucket: bucket });
  await send({ action: 'find anything', bucket, gate }, async (options) => {
    try {
      await client.send(command, options);
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NotFound')) throw error;
      throw Object.assign(new Error('The specified bucket does not exist', { cause: error }), {
        name: 'NoSuchBucket',
      });
    }
  });
}
