import type { Cdn } from './cdn.js';

/** For a bucket that readers reach without a CDN, or with one that keeps nothing: there is nothing to purge. */
export function createNoCdn(): Cdn {
  return { purge: () => Promise.resolve() };
}
