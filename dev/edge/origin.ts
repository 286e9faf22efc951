import type { Readable } from 'node:stream';
import { GetObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { type Page, pageOf } from './page.js';

export interface OriginOptions {
  readonly bucket: string;
  /** Endpoint of the object store. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** An object that is being read. Read or destroy its body. */
export interface Fetched {
  readonly page: Page;
  readonly body: Readable;
}

/** The bucket of the edge. */
export interface Origin {
  /**
   * Returns the object, or its part in `range` (a header value); undefined when the object does not exist. @throws
   * {OriginError} when the store cannot answer.
   */
  fetch(key: string, range?: string): Promise<Fetched | undefined>;
  close(): void;
}

/** The store failed to answer, which does not mean that the page is missing. */
export class OriginError extends Error {
  override readonly name = 'OriginError';
  /** 503 if a retry may help, else 502. */
  readonly status: 502 | 503;

  constructor(status: 502 | 503, cause: unknown) {
    super(`The object store failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.status = status;
  }
}

/** Reads the bucket by the S3 protocol. */
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

/** A missing bucket also answers 404, but is no missing page. A key that is too long cannot exist. */
function isAbsent(error: unknown): boolean {
  return error instanceof S3ServiceException && ['NoSuchKey', 'KeyTooLongError'].includes(error.name);
}

function failureOf(error: unknown): OriginError {
  const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 503) : 503;
  return new OriginError(status >= 500 || status === 429 ? 503 : 502, error);
}
