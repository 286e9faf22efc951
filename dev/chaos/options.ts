/** What a run of `make chaos` is told. */
export interface ChaosOptions {
  /** Of all chance in it. */
  readonly seed: number;
  /** How long faults are applied. Milliseconds. */
  readonly duration: number;
}

/**
 * The options from `SEED` and `DURATION` (seconds). Without a seed there is a new one each time.
 *
 * @throws {Error} naming the variable that cannot be meant.
 */
export function chaosOptions(env: NodeJS.ProcessEnv, newSeed: () => number): ChaosOptions {
  return {
    seed: wholeNumber('SEED', env['SEED']) ?? newSeed(),
    duration: (wholeNumber('DURATION', env['DURATION']) ?? 60) * 1_000,
  };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text))
    throw new Error(`${name}=${text} is not a whole number: give for example ${name}=60`);
  return Number(text);
}
