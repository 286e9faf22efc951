import { compareKeys } from '../domain/object-keys.js';

/** Pages of things that have keys, ascending in UTF-8 byte order over all pages. */
export type SortedPages<T extends { readonly key: string }> = AsyncIterable<readonly T[]>;

/**
 * Reads pages thing by thing, without a promise for each. It stands on a thing, between two pages, or at the end;
 * between two pages {@link advance} has to be awaited before it can be looked at.
 */
export class SortedReader<T extends { readonly key: string }> {
  readonly #pages: AsyncIterator<readonly T[], unknown>;
  #page: readonly T[] = [];
  #at = 0;
  #isAtEnd = false;

  constructor(pages: SortedPages<T>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** Whether {@link current} can be looked at: false between two pages. */
  get isReady(): boolean {
    return this.#isAtEnd || this.#at < this.#page.length;
  }

  /** The thing that it stands on; undefined at the end. */
  get current(): T | undefined {
    return this.#page[this.#at];
  }

  /** Goes on to the next thing. */
  step(): void {
    this.#at += 1;
  }

  /** Goes on to the first thing of the next page that has one, or to the end. */
  async advance(): Promise<void> {
    this.#at = 0;
    this.#page = [];
    while (this.#page.length === 0 && !this.#isAtEnd) {
      const next = await this.#pages.next();
      if (next.done === true) this.#isAtEnd = true;
      else this.#page = next.value;
    }
  }

  /**
   * Goes on to the first thing that is not before a key. Gives a promise only where a page has to be waited for; keys
   * must ascend from call to call.
   */
  seek(key: string): Promise<void> | undefined {
    for (; this.#at < this.#page.length; this.#at += 1) {
      const thing = this.current;
      if (thing === undefined || compareKeys(thing.key, key) >= 0) return undefined;
    }
    return this.#isAtEnd ? undefined : this.#seekOn(key);
  }

  /** The thing of a key that was sought. */
  at(key: string): T | undefined {
    return this.current?.key === key ? this.current : undefined;
  }

  /** To be awaited by whoever stops reading: nothing is on its way afterwards. */
  async close(): Promise<void> {
    await this.#pages.return?.();
  }

  async #seekOn(key: string): Promise<void> {
    await this.advance();
    await this.seek(key);
  }
}
