import type { Page } from './page.js';

/** A page with its content. */
export interface CachedPage extends Page {
  readonly body: Buffer;
  /** When it was fetched: milliseconds of the cache's clock. */
  readonly since: number;
}

/** One fetch from the store on its way into the cache. Must be ended, by `keep` or by `drop`. */
export interface Fill {
  /** Keeps the page, unless it may not be kept or a purge that began after this fetch took it. */
  keep(page: Page, body: Buffer): void;
  drop(): void;
}

/** Pages by their key in the store, in bounded memory. */
export interface PageCache {
  /** The page, if it is kept and still fresh. */
  find(key: string): CachedPage | undefined;
  beginFill(key: string): Fill;
  /** Forgets what has this surrogate key. Once this returns, nothing fetched before it is ever found. */
  purge(surrogateKey: string): void;
  purgeAll(): void;
}

/** The bounds, and the clock. */
export interface PageCacheOptions {
  /** All bodies together. Bytes. @default 64 MiB */
  readonly capacity?: number;
  /** Milliseconds, never going back. @default performance.now */
  readonly now?: () => number;
}

/** What of an entry is not its body, roughly: it bounds the number of empty pages, too. Bytes. */
const overhead = 1024;

/** A cache that drops what was not asked for the longest. */
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
