import { LtdError } from '../domain/errors.js';
import { compareKeys } from '../domain/object-keys.js';
import type { Gate, ListedObject, ListedPage, ObjectStore } from '../integrations/object-store/object-store.js';
import { assertPrefix, type CopyDeps } from './copy-job.js';

/** A prefix to list, and where to begin. */
export interface Listing {
  readonly bucket: string;
  /** Ends in `/`, so that `v1/` never means `v10/`. */
  readonly prefix: string;
  /** Only keys after this one, without the prefix; null for all. */
  readonly after?: string | null;
  readonly gate: Gate;
}

/** A part of a listing. */
interface ListingPart extends Listing {
  /** The last key wanted; null for all. The page that ends the prefix is given whole all the same. */
  readonly until: string | null;
}

/** One page. */
export interface ListedPart {
  readonly objects: readonly ListedObject[];
  /** Whether the prefix ends here, not only this part of it. */
  readonly isEnd: boolean;
}

/**
 * The objects under a prefix, page by page, keys without the prefix, in UTF-8 byte order. The next page is asked for
 * while this one is worked on; whoever stops reading waits for that request to be answered.
 *
 * @throws {LtdError} `store_unavailable` when the store repeats a key, goes back or leaves the prefix: to work
 * with such a listing would be to delete or to leave out objects at random.
 */
export async function* listObjects(
  store: ObjectStore,
  listing: Listing,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  for await (const { objects } of listPart(store, { ...listing, until: null })) yield objects;
}

/** As {@link listObjects}, for a part of it. */
export async function* listPart(store: ObjectStore, part: ListingPart): AsyncGenerator<ListedPart, void, undefined> {
  const { bucket, prefix, after = null, until, gate } = part;
  const check = orderCheck(part);
  const startAfter = after === null ? undefined : prefix + after;
  let coming: Promise<ListedPage> | null = store.listPage({ bucket, prefix, startAfter, gate });
  try {
    while (coming !== null) {
      const page: ListedPage = await coming;
      const objects = page.objects.map((object) => ({ ...object, key: check(object.key) }));
      const isEnd = page.next === null;
      const isPast = until !== null && compareKeys(objects.at(-1)?.key ?? '', until) >= 0;
      coming = page.next === null || isPast ? null : store.listPage({ bucket, prefix, continuation: page.next, gate });
      // It may fail while nobody waits for it yet: whoever reads on is told, and Node must not end the process.
      coming?.catch(() => undefined);
      const isCut = isPast && !isEnd;
      yield { objects: isCut ? objects.filter(({ key }) => compareKeys(key, until) <= 0) : objects, isEnd };
    }
  } finally {
    await Promise.allSettled([coming]);
  }
}

/** Takes the keys in the order listed, and gives each without the prefix. */
function orderCheck({ bucket, prefix, after = null }: Listing): (key: string) => string {
  let last = after === null ? null : prefix + after;
  return (key) => {
    if (!key.startsWith(prefix) || (last !== null && compareKeys(key, last) <= 0)) {
      throw new LtdError(
        'store_unavailable',
        `The object store's listing of "${prefix}" in bucket "${bucket}" is not in order: "${key}" after ` +
          `"${last ?? ''}"`,
      );
    }
    last = key;
    return key.slice(prefix.length);
  };
}

/** How the search is stopped. */
interface NewestObjectControl {
  readonly signal: AbortSignal;
  /** An object written after this ends the search: what is newer still is not looked for. */
  readonly newEnough: Date;
}

/**
 * When the newest object under a prefix was written, by the store's clock; null where there is none. Only listings are
 * asked for.
 */
export async function newestObject(
  { store }: Pick<CopyDeps, 'store'>,
  target: { readonly bucket: string; readonly prefix: string },
  { signal, newEnough }: NewestObjectControl,
): Promise<Date | null> {
  assertPrefix(target.prefix);
  const gate = (): void => {
    signal.throwIfAborted();
  };
  let newest = Number.NEGATIVE_INFINITY;
  for await (const page of listObjects(store, { ...target, gate })) {
    for (const { modifiedAt } of page) newest = Math.max(newest, modifiedAt);
    if (newest > newEnough.getTime()) break;
  }
  return newest === Number.NEGATIVE_INFINITY ? null : new Date(newest);
}
