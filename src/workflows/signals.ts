import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { type Wake, wakeSignal } from './contract.js';

/** The signals of a run. Each only means "check again"; the newest generation decides whether to hurry. */
export interface Signals {
  /** Forgets all signals. Call it just before reading the row. */
  forget(): void;
  /** Whether a signal arrived since the last {@link forget}. */
  seen(): boolean;
  /** Whether a signal of a newer generation arrived since the last {@link forget}. */
  newerThan(generation: number): boolean;
  /** Resolves once {@link newerThan} is true; rejects when its scope is cancelled. */
  untilNewerThan(generation: number): Promise<void>;
}

/** Handles the wake signal from now on, including those that came with the start. */
export function watchSignals(): Signals {
  let newest: number | null = null;
  setHandler(defineSignal<[Wake]>(wakeSignal), (wake) => {
    // A signal sent by hand may carry nothing. It still means "check again".
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
