/** What a publication took. */
export interface Cost {
  readonly seconds: number;
  /** Of all the contestant's processes, on all cores; null where it was not measured. */
  readonly cpuSeconds: number | null;
  /** The most memory that was resident at once; bytes; null where it was not measured. */
  readonly peakRss: number | null;
  /** How many objects were really copied where the rest was reckoned from them. */
  readonly extrapolatedFrom?: number;
}

/** The median: of an even number, the lower one of the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN;
}
