/** The progress of a copy, with the names of `metadata` in `queue_url`. Sizes in bytes. */
export interface CopyCounts {
  /** Objects of the build; while its manifest is being recorded, those recorded so far. */
  readonly objects_total: number;
  /** Objects that the destination has: copied or found unchanged. */
  readonly objects_done: number;
  readonly objects_unchanged: number;
  /** Objects removed from the destination because the build does not have them. */
  readonly objects_removed: number;
  /** Bytes of the copied objects. */
  readonly bytes_done: number;
  /** Bytes of the objects in `objects_total`. */
  readonly bytes_total: number;
}

/** The counts of a copy that has done nothing. */
export const noCounts: CopyCounts = {
  objects_total: 0,
  objects_done: 0,
  objects_unchanged: 0,
  objects_removed: 0,
  bytes_done: 0,
  bytes_total: 0,
};

/**
 * Why a copy waits: the store throttles it, other work of this worker has its turn, or an operator paused it.
 */
export const waitReasons = ['throttled', 'busy', 'paused'] as const;

/** One of {@link waitReasons}. */
export type WaitReason = (typeof waitReasons)[number];

/** The difference of two readings of {@link CopyCounts}. */
export interface CopyDelta {
  readonly copied: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Bytes of the copied objects. */
  readonly bytes: number;
}

/** No difference. */
export const nothingDone: CopyDelta = { copied: 0, unchanged: 0, removed: 0, bytes: 0 };

/** Returns the work done since `before`, never negative: a new attempt starts its counts at zero. */
export function copyDelta(before: CopyCounts, after: CopyCounts): CopyDelta {
  const since = (count: (counts: CopyCounts) => number): number => Math.max(0, count(after) - count(before));
  return {
    copied: since(({ objects_done, objects_unchanged }) => objects_done - objects_unchanged),
    unchanged: since(({ objects_unchanged }) => objects_unchanged),
    removed: since(({ objects_removed }) => objects_removed),
    bytes: since(({ bytes_done }) => bytes_done),
  };
}
