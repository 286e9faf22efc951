import type { Page } from './page.js';

/** A page with its content. */
export interface CachedPage extends Page {
  readonly body: Buffer;
  /** The time of its fetch: milliseconds of the cache's clock. */
  readonly since: number;
}

/** One fetch from the store for the cache. End it with `keep` or `drop`. */
export interface Fill {
  /** Caches the page, unless it must not be cached or a purge has hit it since the fetch began. */
  keep(page: Page, body: Buffer): void;
  drop(): void;
}

/** A cache of pages by their key in the store, in bounded memory. */
export interface PageCache {
  /** Returns the page if it is cached and fresh. */
  find(key: string): CachedPage | undefined;
  beginFill(key: string): Fill;
  /** Drops the pages with this surrogate key. Afterwards the cache returns no page from before the call. */
  purge(surrogateKey: string): void;
  purgeAll(): void;
}

export interface PageCacheOptions {
  /** The most bytes of all bodies. @default 64 MiB */
  readonly capacity?: number;
  /** Milliseconds, monotonic. @default performance.now */
  readonly now?: () => number;
}

/** Approximate bytes of an entry beside its body; it also bounds the number of empty pages. */
const overhead = 1024;

/** Creates a cache that drops the least recently used pages. */
export function createPageCache(options: PageCacheOptions = {}): PageCache {
  const { capacity = 64 * 1024 ** 2, now = () => performance.now() } = options;
  // In the order of their last use.
  const pages = new Map<string, CachedPage>();
  const fills = new Set<{ readonly purged: Set<string>; all: boolean }>();
  let bytes = 0;

  const forget = (key: string): void => {
    const page = pages.get(key);
    if (page === undefined) return;
    pages.delete(key);
    bytes -= page.body.length + overhead;
  };
  const remember = (key: string, page: CachedPage): void => {
    forget(key);
    pages.set(key, page);
    bytes += page.body.length + overhead;
    for (const oldest of pages.keys()) {
      if (bytes <= capacity) break;
      forget(oldest);
    }
  };
  return {
    find: (key) => {
      const page = pages.get(key);
      if (page === undefined) return undefined;
      if (now() - page.since >= page.lifetime * 1000) {
        forget(key);
        return undefined;
      }
      pages.delete(key);
      pages.set(key, page);
      return page;
    },
    beginFill: (key) => {
      const fill = { purged: new Set<string>(), all: false };
      fills.add(fill);
      const since = now();
      return {
        keep: (page, body) => {
          fills.delete(fill);
          const outrun = fill.all || page.surrogateKeys.some((each) => fill.purged.has(each));
          if (!outrun && page.lifetime > 0) remember(key, { ...page, body, since });
        },
        drop: () => {
          fills.delete(fill);
        },
      };
    },
    purge: (surrogateKey) => {
      for (const fill of fills) fill.purged.add(surrogateKey);
      for (const [key, page] of pages) if (page.surrogateKeys.includes(surrogateKey)) forget(key);
    },
    purgeAll: () => {
      for (const fill of fills) fill.all = true;
      for (const key of [...pages.keys()]) forget(key);
    },
  };
}
