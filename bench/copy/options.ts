import type { ContestantName } from './contestant.js';

/** The works of the bench, in this order. */
export const workNames = ['small', 'real', 'large', 'huge', 'rate'] as const;

/** One of {@link workNames}: four sites, and the rate at a store with a limit. */
export type WorkName = (typeof workNames)[number];

export interface CopyBenchOptions {
  readonly works: readonly WorkName[];
  /** Rounds of the smaller sites: in each, every contestant publishes once. */
  readonly rounds: number;
  /** The delay of every request to the store. Milliseconds. */
  readonly latency: number;
  /** The most objects that the engine works on at a time. */
  readonly concurrency: number;
  /** The most objects that LTD Keeper 1.x's algorithm copies; the rest is extrapolated. */
  readonly keeperObjects: number;
  /** Duration of the rate measurement, in seconds. */
  readonly rateSeconds: number;
  /** Whether this is the whole bench, whose results may replace the stored ones. */
  readonly isWhole: boolean;
}

/** The contestants of the larger works; the others would take minutes. */
export const contestantsOf: Readonly<Partial<Record<WorkName, readonly ContestantName[]>>> = {
  large: ['known', 'learning', 'service', 's5cmdCopy', 's5cmdSync', 'rclone', 'aws', 'keeper'],
  huge: ['learning', 'service', 's5cmdCopy'],
};

/** Reads the options: all works, or those in `BENCH_WORKS`, with commas. @throws {Error} for an invalid variable. */
export function copyBenchOptions(env: NodeJS.ProcessEnv): CopyBenchOptions {
  const named = env['BENCH_WORKS'] ?? '';
  return {
    works: named === '' ? workNames : named.split(',').map(workOf),
    rounds: count(env, 'BENCH_ROUNDS', 3),
    latency: count(env, 'BENCH_LATENCY_MS', 50),
    concurrency: count(env, 'BENCH_CONCURRENCY', 512),
    keeperObjects: count(env, 'BENCH_KEEPER_OBJECTS', 100),
    rateSeconds: count(env, 'BENCH_RATE_SECONDS', 60),
    isWhole: Object.keys(env).every((name) => !name.startsWith('BENCH_')),
  };
}

function workOf(name: string): WorkName {
  const work = workNames.find((each) => each === name);
  if (work !== undefined) return work;
  throw new Error(`BENCH_WORKS is not understood at "${name}": give names with commas out of ${workNames.join(', ')}`);
}

function count(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const given = env[name] ?? '';
  const value = given === '' ? fallback : Number(given);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`${name}=${given} is not understood: give a whole number above 0`);
}
