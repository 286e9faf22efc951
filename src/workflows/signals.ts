import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { type Wake, wakeSignal } from './contract.js';

/** The signals that a run has seen. They only ever say "look again"; the newest generation tells whether to hurry. */
export interface Signals {
  /** Forgets what was seen, as the row is about to be read. */
  forget(): void;
  /** Whether any came since the last {@link forget}. */
  seen(): boolean;
  /** Whether one of a generation newer than this came since the last {@link forget}. */
  newerThan(generation: number): boolean;
  /** Resolves once {@link newerThan} is true; rejects when its scope is cancelled. */
  untilNewerThan(generation: number): Promise<void>;
}

/** Listens to the wake signal from here on, and to those that came with the start. */
export function watchSignals(): Signals {
  let newest: number | null = null;
  setHandler(defineSignal<[Wake]>(wakeSignal), (wake) => {
    // A signal sent by hand may carry nothing: it still says "look again".
    const generation = (wake as Partial<Wake> | undefined)?.generation ?? 0;
    newest = Math.max(newest ?? 0, generation);
  });
  const newerThan = (generation: number): boolean => newest !== null && newest > generation;
  return {
    forget: () => (newest = null),
    seen: () => newest !== null,
    newerThan,
    untilNewerThan: (generation) => condition(() => newerThan(generation)),
  };
}
