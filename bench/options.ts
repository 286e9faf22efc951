import type { Series } from './measure-sizes.js';

/** More runs where one is quick, so that a median means something. */
const series: readonly Series[] = [
  { objects: 20, runs: 10 },
  { objects: 2_000, runs: 3 },
  { objects: 20_000, runs: 1 },
];

/**
 * What to measure: everything, or the sizes that `BENCH_SIZES` names, with commas.
 *
 * @throws {Error} when it names none.
 */
export function benchSeries(env: NodeJS.ProcessEnv): readonly Series[] {
  const named = env['BENCH_SIZES'] ?? '';
  if (named === '') return series;
  const sizes = named.split(',').map(Number);
  if (sizes.every((objects) => Number.isSafeInteger(objects) && objects > 0))
    return sizes.map((objects) => series.find((each) => each.objects === objects) ?? { objects, runs: 3 });
  throw new Error(`BENCH_SIZES=${named} is not understood: give numbers of objects, for example 20,2000`);
}

/** Whether these are all that there is to measure, so that their results may take the place of the last ones. */
export function isWhole(chosen: readonly Series[]): boolean {
  return chosen === series;
}
