import { compareKeys } from '../domain/object-keys.js';
import type { ListedObject, ObjectStore } from '../integrations/object-store/object-store.js';
import { type ListedPart, type Listing, listObjects, listPart } from './list.js';

/** Parts that are listed at a time. */
const partsAtOnce = 8;

/** One part under way: its first page is asked for already. */
interface OpenPart {
  readonly pages: AsyncGenerator<ListedPart, void, undefined>;
  readonly first: Promise<IteratorResult<ListedPart, void>>;
}

/**
 * As `listObjects`, several parts at a time. The prefix is split at keys that are about a page apart where it holds
 * what is expected, so that such a prefix costs about as many requests as if it were listed in one go; with other keys
 * it costs one more for each split at most. Where `isExpected` is not set, the first page comes alone: where it is the
 * only one, nothing else is asked for.
 *
 * @param splits - ascending keys without the prefix.
 */
export async function* listInParallel(
  store: ObjectStore,
  listing: Listing & {
    /** Whether the prefix is likely to hold what the splits were made for: then all begins at once. */
    readonly isExpected?: boolean;
  },
  splits: readonly string[],
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const { after = null, isExpected = false } = listing;
  const bounds = splits.filter((split) => after === null || compareKeys(split, after) > 0);
  if (bounds.length < (isExpected ? 1 : 2)) {
    yield* listObjects(store, listing);
    return;
  }
  const open: OpenPart[] = [];
  let started = 0;
  const start = (): void => {
    const from = started === 0 ? after : (bounds[started - 1] ?? null);
    const pages = listPart(store, { ...listing, after: from, until: bounds[started] ?? null });
    const first = pages.next();
    first.catch(() => undefined); // whoever reads it is told
    open.push({ pages, first });
    started += 1;
  };
  const startAll = (): void => {
    while (open.length < partsAtOnce && started <= bounds.length) start();
  };
  try {
    if (isExpected) startAll();
    else start();
    for (let part = open[0]; part !== undefined; part = open[0]) {
      for (let next = await part.first; next.done !== true; next = await part.pages.next()) {
        if (next.value.objects.length > 0) yield next.value.objects;
        if (next.value.isEnd) return;
        startAll();
      }
      open.shift();
      if (open.length === 0 && started <= bounds.length) start();
    }
  } finally {
    await Promise.allSettled(open.map(({ pages, first }) => first.catch(() => undefined).then(() => pages.return())));
  }
}
