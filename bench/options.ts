import type { Series } from './measure-sizes.js';

/** More runs of quick sizes, for a meaningful median. */
const series: readonly Series[] = [
  { objects: 20, runs: 10 },
  { objects: 2_000, runs: 3 },
  { objects: 20_000, runs: 1 },
];

/** Reads the options: all sizes, or those in `BENCH_SIZES`, with commas. @throws {Error} when it names none. */
export function benchSeries(env: NodeJS.ProcessEnv): readonly Series[] {
  const named = env['BENCH_SIZES'] ?? '';
  if (named === '') return series;
  const sizes = named.split(',').map(Number);
  if (sizes.every((objects) => Number.isSafeInteger(objects) && objects > 0))
    return sizes.map((objects) => series.find((each) => each.objects === objects) ?? { objects, runs: 3 });
  throw new Error(`BENCH_SIZES=${named} is not understood: give numbers of objects, for example 20,2000`);
}

/** Whether this is the whole bench, whose results may replace the stored ones. */
export function isWhole(chosen: readonly Series[]): boolean {
  return chosen === series;
}
