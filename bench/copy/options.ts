import type { ContestantName } from './contestant.js';

/** What can be measured, in this order. */
export const workNames = ['small', 'real', 'large', 'huge', 'rate'] as const;

/** One of {@link workNames}: four sites, and the rate against a store that has a limit. */
export type WorkName = (typeof workNames)[number];

/** How much to measure. */
export interface CopyBenchOptions {
  readonly works: readonly WorkName[];
  /** Rounds of the smaller sites: in each, every contestant publishes once. */
  readonly rounds: number;
  /** Milliseconds that every request to the store is delayed. */
  readonly latency: number;
  /** The most objects that this engine works on at a time. */
  readonly concurrency: number;
  /** The most objects that Keeper's algorithm really copies; the rest is reckoned. */
  readonly keeperObjects: number;
  /** Seconds for which the rate is held. */
  readonly rateSeconds: number;
  /** Whether this is all that there is to measure, so that its results may take the place of the last ones. */
  readonly isWhole: boolean;
}

/** Who takes part in the larger works: the others would take minutes, and are known from the smaller ones. */
export const contestantsOf: Readonly<Partial<Record<WorkName, readonly ContestantName[]>>> = {
  large: ['known', 'learning', 'service', 's5cmdCopy', 's5cmdSync', 'rclone', 'aws', 'keeper'],
  huge: ['learning', 'service', 's5cmdCopy'],
};

/**
 * What to measure: everything, or the works that `BENCH_WORKS` names, with commas.
 *
 * @throws {Error} when a variable is not understood.
 */
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
