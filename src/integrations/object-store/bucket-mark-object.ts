import type { ObjectAcl } from '../../domain/object-acl.js';
import type { ObjectStore } from './object-store.js';

/** Where a bucket keeps its mark, as metadata of an empty object. */
const key = '_keeper/pass';

/**
 * The mark in a bucket, a UUID; null where it has none.
 *
 * @throws {LtdError} as the store does; `store_access_denied`, too, where it hides that an object is missing.
 */
export async function readBucketMark(store: ObjectStore, bucket: string): Promise<string | null> {
  const found = await store.head({ bucket, key });
  return found?.headers.metadata['token'] ?? null;
}

/**
 * Puts a mark in the place of the last one. Only the owner of the bucket may read it, unlike what is published.
 *
 * @param acl - The service's ACL; null where buckets have none.
 */
export async function writeBucketMark(
  store: ObjectStore,
  bucket: string,
  { token, acl }: { readonly token: string; readonly acl: ObjectAcl | null },
): Promise<void> {
  await store.putEmpty({
    bucket,
    key,
    headers: { system: { 'cache-control': 'no-store' }, metadata: { token } },
    acl: acl === null ? null : 'private',
    gate: () => undefined,
  });
}
