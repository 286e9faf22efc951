import type { Authenticator, Caller } from './authenticate.js';
import type { BlobStore } from './blob-store.js';
import type { Bucket, Catalog } from './catalog.js';
import type { InjectedAnswer } from './fault-rule.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';
import type { Slice } from './stored-object.js';

/** S3's limits; tests set them low. */
export type StoreLimits = {
  /** Largest source of one CopyObject or UploadPartCopy, in bytes. */
  readonly singleCopy: number;
  /** Smallest part of a multipart upload but the last, in bytes. */
  readonly minimumPart: number;
};

/** What every operation works on. */
export type Store = {
  readonly catalog: Catalog;
  readonly blobs: BlobStore;
  readonly authenticator: Authenticator;
  readonly region: string;
  readonly limits: StoreLimits;
  /** The store's clock, in milliseconds since the epoch. */
  readonly now: () => number;
};

/** One authorised request with everything that its operation needs. */
export type Exchange = {
  readonly store: Store;
  readonly request: S3Request;
  readonly caller: Caller;
  readonly injected: InjectedAnswer;
  /** Logs the keys that the body of a request names. */
  readonly noteKeys: (keys: readonly string[]) => void;
};

/** An answer whose body is XML or JSON text, or an object's bytes. */
export type S3Response = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | readonly Slice[];
};

/** Answers a request, or throws an S3Error. */
export type OperationHandler = (exchange: Exchange) => S3Response | Promise<S3Response>;

export function bucketOf({ store, request }: Pick<Exchange, 'store' | 'request'>): Bucket {
  return requireBucket(store, request.target.bucket ?? '');
}

export function requireBucket(store: Store, name: string): Bucket {
  const bucket = store.catalog.bucket(name);
  if (bucket === undefined) throw new S3Error('NoSuchBucket', undefined, { BucketName: name });
  return bucket;
}

/** The key of a request to an object. Throws `MethodNotAllowed` when it has none. */
export function keyOf(request: S3Request): string {
  const { key } = request.target;
  if (key === undefined) throw new S3Error('MethodNotAllowed');
  return key;
}

export function xmlResponse(body: string, status = 200): S3Response {
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** The store's time in whole seconds, as S3 dates objects. */
export function timestamp(store: Store): number {
  return Math.floor(store.now() / 1000) * 1000;
}
