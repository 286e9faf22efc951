import { type FaultKind, faultKinds } from './faults/fault-kinds.js';

/** What a run of `make chaos` is told. */
export interface ChaosOptions {
  /** Of all chance in it. */
  readonly seed: number;
  /** How long faults are applied. Milliseconds. */
  readonly duration: number;
  /** Which are applied. @default all */
  readonly kinds?: readonly FaultKind[];
}

/**
 * The options from `SEED`, `DURATION` (seconds) and `FAULTS` (names with commas between). Without a seed there is a new
 * one each time.
 *
 * @throws {Error} naming the variable that cannot be meant.
 */
export function chaosOptions(env: NodeJS.ProcessEnv, newSeed: () => number): ChaosOptions {
  return {
    seed: wholeNumber('SEED', env['SEED']) ?? newSeed(),
    duration: (wholeNumber('DURATION', env['DURATION']) ?? 60) * 1_000,
    kinds: kindsOf(env['FAULTS'] ?? ''),
  };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name}=${text} is not a whole number: give for example ${name}=60`);
  return Number(text);
}

function kindsOf(text: string): readonly FaultKind[] {
  if (text === '') return faultKinds;
  return text.split(',').map((each) => {
    const kind = faultKinds.find((known) => known === each.trim());
    if (kind === undefined)
      throw new Error(`FAULTS=${each.trim()} is not known: give some of ${faultKinds.join(', ')}`);
    return kind;
  });
}
