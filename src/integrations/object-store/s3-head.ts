import { LtdError } from '../../domain/errors.js';
import type { ObjectHeaders } from '../../domain/object-headers.js';
import type { HeadObject } from './object-store.js';
import { plainEtag } from './s3-listing.js';

/** What the answer to a HEAD says; undefined is what it does not. */
export interface HeadAnswer {
  readonly etag: string | undefined;
  readonly size: number | undefined;
  /** By a key of KMS or of the customer's, so that its ETag is no digest. */
  readonly isEncrypted: boolean;
  readonly headers: ObjectHeaders;
}

/** @throws {LtdError} `store_unavailable` for an answer without size or ETag. */
export function headObject(key: string, { etag, size, isEncrypted, headers }: HeadAnswer): HeadObject {
  if (etag === undefined || size === undefined || Number.isNaN(size)) {
    throw new LtdError('store_unavailable', `The object store gave no size or ETag of "${key}"`);
  }
  const plain = plainEtag(etag);
  return { etag: plain, size, headers, isEtagDigest: !plain.includes('-') && !isEncrypted };
}
