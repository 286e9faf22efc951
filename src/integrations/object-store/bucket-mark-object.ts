import type { BucketMark } from '../../domain/bucket-mark.js';
import type { ObjectAcl } from '../../domain/object-acl.js';
import type { ObjectStore } from './object-store.js';

/** Where a bucket keeps its mark, as metadata of an empty object. */
const markKey = '_keeper/pass';

/**
 * The mark in a bucket; null where it has none.
 *
 * @throws {KeeperError} as the store does; `store_access_denied`, too, where it hides that an object is missing.
 */
export async function readBucketMark(store: ObjectStore, bucket: string): Promise<BucketMark | null> {
  const found = await store.head({ bucket, key: markKey });
  if (found === null) return null;
  const { pass, token } = found.headers.metadata;
  const number = Number(pass ?? 0);
  return { pass: Number.isSafeInteger(number) ? number : 0, token: token ?? null };
}

/** What to write, and for whom to see: nobody's business but ours, unlike what is published. */
export interface MarkToWrite {
  readonly mark: BucketMark & { readonly token: string };
  /** The service's ACL; null where buckets have none. */
  readonly acl: ObjectAcl | null;
}

/** Puts a mark in the place of the last one. */
export async function writeBucketMark(
  store: ObjectStore,
  bucket: string,
  { mark, acl }: MarkToWrite,
): Promise<void> {
  await store.putEmpty({
    bucket,
    key: markKey,
    headers: {
      system: { 'cache-control': 'no-store' },
      metadata: { pass: String(mark.pass), token: mark.token },
    },
    acl: acl === null ? null : 'private',
    gate: () => undefined,
  });
}
