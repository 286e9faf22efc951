import type { CopyCounts } from '../domain/copy-counts.js';
import type { CopyPass } from '../domain/copy-passes.js';

/**
 * Where a copy of one build to one place can go on after a crash. Plain data of less than 2 KiB. It means nothing for
 * another build or another destination.
 */
export interface Checkpoint {
  readonly pass: CopyPass;
  /** Every key of the pass up to this one (without the prefix) is done; null before the first. */
  readonly cursor: string | null;
  /** What was counted for the keys that are done, so that a resumed total is exact. */
  readonly counts: CopyCounts;
}

/** A cursor longer than this, in characters of JSON, is not kept: the heartbeat that carries it has to stay small. */
const maxCursor = 1_400;

/** Whether a key is short enough to be told in a heartbeat. */
export function isShortCursor(key: string): boolean {
  // JSON makes six characters of one at most.
  return key.length * 6 <= maxCursor || JSON.stringify(key).length <= maxCursor;
}
