import { compareKeys } from '../domain/key-order.js';
import type { ListedObject } from '../integrations/object-store/object-store.js';

/** A key (without prefix) of the source, the destination or both, and what their listings say of it. */
export type DiffEntry =
  | { readonly key: string; readonly source: ListedObject; readonly destination: ListedObject | undefined }
  | { readonly key: string; readonly source: undefined; readonly destination: ListedObject };

/** Pages of one listing: keys without prefix, ascending in UTF-8 byte order. */
export type ListingPages = AsyncIterable<readonly ListedObject[]>;

/**
 * Merges two listings into one run of entries in key order. Holds a page of each, however long they are. Whoever stops
 * reading early waits until both listings are closed.
 */
export async function* diffListings(
  source: ListingPages,
  destination: ListingPages,
): AsyncGenerator<DiffEntry, void, undefined> {
  const left = new PageReader(source);
  const right = new PageReader(destination);
  try {
    // Together, so that their first pages are on their way at the same time.
    await allOf([left.advance(), right.advance()]);
    for (;;) {
      const entry = nextEntry(left.current, right.current);
      if (entry === undefined) return;
      yield entry;
      if (entry.source !== undefined && !left.step()) await left.advance();
      if (entry.destination !== undefined && !right.step()) await right.advance();
    }
  } finally {
    await Promise.allSettled([left.close(), right.close()]);
  }
}

function nextEntry(
  source: ListedObject | undefined,
  destination: ListedObject | undefined,
): DiffEntry | undefined {
  if (source === undefined) {
    return destination && { key: destination.key, source: undefined, destination };
  }
  if (destination === undefined) return { key: source.key, source, destination };
  const order = compareKeys(source.key, destination.key);
  if (order > 0) return { key: destination.key, source: undefined, destination };
  return { key: source.key, source, destination: order === 0 ? destination : undefined };
}

/** Waits for all, then throws what the first of them threw: nothing is left running behind the caller's back. */
async function allOf(promises: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(promises))
    if (outcome.status === 'rejected') throw outcome.reason;
}

/** Reads pages object by object, without a promise for each. */
class PageReader {
  readonly #pages: AsyncIterator<readonly ListedObject[], unknown>;
  #page: readonly ListedObject[] = [];
  #at = 0;

  constructor(pages: ListingPages) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** The object to look at; undefined at the end. */
  get current(): ListedObject | undefined {
    return this.#page[this.#at];
  }

  /** Goes on to the next object; false when that is not on this page. */
  step(): boolean {
    this.#at += 1;
    return this.#at < this.#page.length;
  }

  /** Goes on to the first object of the next page that has one, or to the end. */
  async advance(): Promise<void> {
    this.#at = 0;
    do {
      const next = await this.#pages.next();
      if (next.done === true) {
        this.#page = [];
        return;
      }
      this.#page = next.value;
    } while (this.#page.length === 0);
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }
}
