import { HeadBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { LtdError } from '../../domain/errors.js';
import type { Admission } from './admission.js';
import type { AttemptPolicy } from './attempts.js';
import { endLeftUploads } from './left-uploads.js';
import { copyInParts } from './multipart-copy.js';
import type { CopyRequest, Gate, ObjectStore, PutRequest } from './object-store.js';
import { deleteObjects } from './s3-deletion.js';
import { headerInput } from './s3-headers.js';
import type { S3Requests } from './s3-requests.js';
import { createSend, type Send } from './s3-send.js';
import { createSdkRequests } from './sdk-requests.js';

/** What the adapter is made of. Sizes in bytes. */
export interface S3ObjectStoreOptions {
  /** Made by `createS3Client`, so that it does not retry by itself. */
  readonly client: S3Client;
  /** How the requests that rebuilds consist of are sent. @default by the client, as all others are */
  readonly requests?: S3Requests;
  /**
   * Objects above this size are copied in parts, each of at most this size. It keeps single requests short enough to
   * settle within the timeout of an attempt. (AWS: 5 GiB is the most for one request, 5 MiB the least for a part.)
   *
   * @default 64 MiB
   */
  readonly multipartThreshold?: number;
  /** How often and how long each request is tried. */
  readonly attempts?: Partial<AttemptPolicy>;
  /** Whose turn it is. @default everybody's, at once */
  readonly admission?: Admission;
}

const nothing = new Uint8Array();

/** The object store over S3's API. */
export function createS3ObjectStore(options: S3ObjectStoreOptions): ObjectStore {
  const { client, multipartThreshold = 64 * 1024 ** 2 } = options;
  const requests = options.requests ?? createSdkRequests(client);
  const send = createSend(options.attempts, options.admission);
  return {
    listPage: (request) => {
      const { bucket, prefix, gate } = request;
      return send({ action: `list "${prefix}"`, bucket, gate, kind: 'read' }, (deadline) =>
        requests.list(request, deadline),
      );
    },
    head: ({ bucket, key, gate }) =>
      send({ action: `look at "${key}"`, bucket, gate, kind: 'read' }, (deadline) =>
        requests.head({ bucket, key }, deadline),
      ),
    copy: (request) =>
      request.source.size > multipartThreshold
        ? copyInParts({ client, send, partSize: multipartThreshold }, request)
        : copyAtOnce(requests, send, request),
    put: (request) => put(client, send, request),
    putEmpty: (request) => put(client, send, { ...request, body: nothing }),
    deleteMany: (request) => deleteObjects({ client, requests, send }, request),
    endUploads: (request) => endLeftUploads({ client, send }, request),
    checkBucket: ({ bucket, gate }) => checkBucket(client, send, { bucket, gate }),
  };
}

function copyAtOnce(requests: S3Requests, send: Send, request: CopyRequest): Promise<{ readonly etag: string }> {
  const { bucket, sourceKey, destinationKey, gate } = request;
  const action = `copy "${sourceKey}" to "${destinationKey}"`;
  return send({ action, bucket, gate, kind: 'write' }, async (deadline) => {
    const etag = await requests.copy(request, deadline);
    // AWS: CopyObject can answer 200 and fail afterwards; only an ETag is a success.
    if (etag === undefined) {
      throw new LtdError('store_unavailable', `The object store could not ${action}: it gave no ETag`);
    }
    return { etag };
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
  await send({ action: `write "${key}"`, bucket, gate, kind: 'write' }, ({ signal }) =>
    client.send(command, { abortSignal: signal }),
  );
}

async function checkBucket(
  client: S3Client,
  send: Send,
  request: { readonly bucket: string; readonly gate: Gate | undefined },
): Promise<void> {
  const { bucket, gate } = request;
  const command = new HeadBucketCommand({ Bucket: bucket });
  await send({ action: 'find anything', bucket, gate, kind: 'read' }, async ({ signal }) => {
    try {
      await client.send(command, { abortSignal: signal });
    } catch (error) {
      if (!(error instanceof Error && error.name === 'NotFound')) throw error;
      throw Object.assign(new Error('The specified bucket does not exist', { cause: error }), {
        name: 'NoSuchBucket',
      });
    }
  });
}
