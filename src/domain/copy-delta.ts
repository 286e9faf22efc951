import type { CopyCounts } from './copy-counts.js';

/** What was done between two looks at the counts of a copy. */
export interface CopyDelta {
  readonly copied: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Of what was copied. */
  readonly bytes: number;
}

/** Nothing was done. */
export const nothingDone: CopyDelta = { copied: 0, unchanged: 0, removed: 0, bytes: 0 };

/** What was done since `before`; nothing of it is negative, also where an attempt began anew. */
export function copyDelta(before: CopyCounts, after: CopyCounts): CopyDelta {
  const since = (count: (counts: CopyCounts) => number): number => Math.max(0, count(after) - count(before));
  return {
    copied: since(({ objects_done, objects_unchanged }) => objects_done - objects_unchanged),
    unchanged: since(({ objects_unchanged }) => objects_unchanged),
    removed: since(({ objects_removed }) => objects_removed),
    bytes: since(({ bytes_done }) => bytes_done),
  };
}
