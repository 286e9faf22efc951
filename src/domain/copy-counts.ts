/** What a copy has done so far, in the words of `metadata` in `queue_url`. Sizes in bytes. */
export interface CopyCounts {
  /** Objects of the build; while it is still being learnt, those that are known so far. */
  readonly objects_total: number;
  /** Those that are right at the destination: copied or found unchanged. */
  readonly objects_done: number;
  readonly objects_unchanged: number;
  /** Objects removed because the build does not have them. */
  readonly objects_removed: number;
  /** Of the objects that were copied. */
  readonly bytes_done: number;
  /** Of all objects of the build, as `objects_total`. */
  readonly bytes_total: number;
}

/** Nothing done yet. */
export const noCounts: CopyCounts = {
  objects_total: 0,
  objects_done: 0,
  objects_unchanged: 0,
  objects_removed: 0,
  bytes_done: 0,
  bytes_total: 0,
};

/**
 * What may keep a copy waiting: the store told it to be slower, other work of this worker has its turn, or an operator
 * paused it.
 */
export const waitReasons = ['throttled', 'busy', 'paused'] as const;

/** One of {@link waitReasons}. */
export type WaitReason = (typeof waitReasons)[number];

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
