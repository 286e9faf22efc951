import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { copySource } from './copy-source.js';
import { type HeadObject, type ListPageRequest, maxListed } from './object-store.js';
import { headObject } from './s3-head.js';
import { headerInput, headersOf } from './s3-headers.js';
import { listedPage, plainEtag } from './s3-listing.js';
import type { S3Requests, SingleCopy } from './s3-requests.js';

/** The requests over the AWS SDK. */
export function createSdkRequests(client: S3Client): S3Requests {
  return {
    list: async (request, { signal }) => listedPage(await client.send(listCommand(request), { abortSignal: signal })),
    head: ({ bucket, key }, { signal }) => head(client, new HeadObjectCommand({ Bucket: bucket, Key: key }), signal),
    copy: async (request, { signal }) => {
      const { CopyObjectResult } = await client.send(copyCommand(request), { abortSignal: signal });
      return CopyObjectResult?.ETag === undefined ? undefined : plainEtag(CopyObjectResult.ETag);
    },
    delete: async ({ bucket, keys }, { signal }) => {
      const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }), {
        abortSignal: signal,
      });
      return Errors.map(({ Key: key = '', Code: code = 'InternalError', Message: message = code }) => ({
        key,
        code,
        message,
      }));
    },
    destroy: () => undefined,
  };
}

function listCommand(request: ListPageRequest): ListObjectsV2Command {
  const { bucket, prefix, startAfter, continuation, limit = maxListed } = request;
  return new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    MaxKeys: limit,
    // Without it XML could not carry every key.
    EncodingType: 'url',
    ...(continuation === undefined ? { StartAfter: startAfter } : { ContinuationToken: continuation }),
  });
}

async function head(
  client: S3Client,
  command: HeadObjectCommand,
  abortSignal: AbortSignal,
): Promise<HeadObject | null> {
  try {
    return headOf(command.input.Key ?? '', await client.send(command, { abortSignal }));
  } catch (error) {
    // The answer to a HEAD has no body, so nothing but its status says that there is no such object.
    if (error instanceof Error && error.name === 'NotFound') return null;
    throw error;
  }
}

function headOf(key: string, output: HeadObjectCommandOutput): HeadObject {
  return headObject(key, {
    etag: output.ETag,
    size: output.ContentLength,
    isEncrypted: output.SSEKMSKeyId !== undefined || output.SSECustomerAlgorithm !== undefined,
    headers: headersOf(output),
  });
}

function copyCommand(request: SingleCopy): CopyObjectCommand {
  const { bucket, sourceKey, destinationKey, source, headers, acl } = request;
  return new CopyObjectCommand({
    Bucket: bucket,
    Key: destinationKey,
    CopySource: copySource(bucket, sourceKey),
    CopySourceIfMatch: `"${source.etag}"`,
    MetadataDirective: 'REPLACE',
    ACL: acl ?? undefined,
    ...headerInput(headers),
  });
}
