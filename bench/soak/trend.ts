/** A value at a time, in seconds. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** The trend of a series: first value, last value, and the slope of the best line per hour. */
export interface Trend {
  readonly first: number;
  readonly last: number;
  readonly most: number;
  readonly perHour: number;
}

/** The trend of a series by least squares. The slope ignores its first part, `warmUp` (a share). */
export function trendOf(points: readonly Point[], warmUp = 0.3): Trend {
  const settled = points.slice(Math.floor(points.length * warmUp));
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [time, level] = [mean(settled.map(({ at }) => at)), mean(settled.map(({ value }) => value))];
  const spread = settled.reduce((sum, { at }) => sum + (at - time) ** 2, 0);
  const together = settled.reduce((sum, { at, value }) => sum + (at - time) * (value - level), 0);
  return {
    first: settled[0]?.value ?? 0,
    last: settled.at(-1)?.value ?? 0,
    most: Math.max(...points.map(({ value }) => value)),
    perHour: spread === 0 ? 0 : (together / spread) * 3_600,
  };
}
