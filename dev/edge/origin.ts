import type { Readable } from 'node:stream';
import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type Page, pageOf } from './page.js';

/** How the edge reads the bucket. */
export interface OriginOptions {
  readonly bucket: string;
  /** Endpoint of the object store. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An object on its way. The body must be read or destroyed. */
export interface Fetched {
  readonly page: Page;
  readonly body: Readable;
}

/** The bucket behind the edge. */
export interface Origin {
  /**
   * The object, or the part of it that `range` (as in the header) asks for; undefined when there is none.
   *
   * @throws {OriginError} when the store cannot say.
   */
  fetch(key: string, range?: string): Promise<Fetched | undefined>;
  close(): void;
}

/** The store did not say what it holds: never to be taken for "there is no such page". */
export class OriginError extends Error {
  override readonly name = 'OriginError';
  /** 503 when asking again soon may help, 502 otherwise. */
  readonly status: 502 | 503;

  constructor(status: 502 | 503, cause: unknown) {
    super(`The object store failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.status = status;
  }
}

/** The bucket over S3's own protocol. */
export function createOrigin({ bucket, ...access }: OriginOptions): Origin {
  const client = new S3Client({
    ...access,
    forcePathStyle: true,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
  });
  return {
    fetch: async (key, range) => {
      try {
        const got = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }));
        // In Node the SDK's body is always a stream of node:stream.
        return { page: pageOf(got), body: got.Body as Readable };
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw failureOf(error);
      }
    },
    close: () => {
      client.destroy();
    },
  };
}

/** A bucket that is not there also answers 404, and is no missing page; a key that is too long cannot be there. */
function isAbsent(error: unknown): boolean {
  return error instanceof S3ServiceException && ['NoSuchKey', 'KeyTooLongError'].includes(error.name);
}

function failureOf(error: unknown): OriginError {
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 503) : 503;
  return new OriginError(status >= 500 || status === 429 ? 503 : 502, error);
}
