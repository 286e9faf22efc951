/** The cost of a publication. */
export interface Cost {
  readonly seconds: number;
  /** CPU of all the contestant's processes; null if unmeasured. */
  readonly cpuSeconds: number | null;
  /** Peak resident memory in bytes; null if unmeasured. */
  readonly peakRss: number | null;
  /** The number of copied objects, if the rest is extrapolated. */
  readonly extrapolatedFrom?: number;
}

/** The median; for an even number of values the lower one of the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}
