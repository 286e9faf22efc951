/** What a copy has done so far, in the words of `metadata` in `queue_url`. Sizes in bytes. */
export interface CopyCounts {
  /** Objects of the build that the copy knows of so far. */
  readonly objects_total: number;
  /** Those that are right at the destination: copied or found unchanged. */
  readonly objects_done: number;
  readonly objects_unchanged: number;
  /** Objects removed because the build does not have them. */
  readonly objects_removed: number;
  readonly bytes_done: number;
}

/** Nothing done yet. */
export const noCounts: CopyCounts = {
  objects_total: 0,
  objects_done: 0,
  objects_unchanged: 0,
  objects_removed: 0,
  bytes_done: 0,
};
