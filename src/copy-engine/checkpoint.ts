import type { CopyCounts } from '../domain/copy-counts.js';

/** What a copy goes through, in order: everything but pages, pages, then the root page and the directory redirect. */
export const copyPasses = ['assets', 'pages', 'root'] as const;

/** One of {@link copyPasses}. */
export type CopyPass = (typeof copyPasses)[number];

/**
 * Where a copy of one build to one place can go on after a crash. Plain data of less than 2 KiB. It means nothing for
 * another build or another destination.
 */
export interface Checkpoint {
  readonly pass: CopyPass;
  /** Every key of the pass up to this one (without the prefix) is done; null before the first. */
  readonly cursor: string | null;
  /**
   * What was counted for the keys that are done, so that a resumed total is exact. `objects_total` is 0 while the
   * build is still being counted.
   */
  readonly counts: CopyCounts;
}

/** A cursor longer than this, in characters of JSON, is not kept: the heartbeat that carries it has to stay small. */
export const longestCursor = 1_500;
