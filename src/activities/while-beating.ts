import type { Context } from '@temporalio/activity';
import { LtdError } from '../domain/errors.js';
import { heartbeatInterval, maxStandstill } from '../domain/time-limits.js';

/** What an attempt's heartbeats contain and how its progress is measured. */
export interface Beating {
  readonly context: Pick<Context, 'heartbeat' | 'cancellationSignal'>;
  /** The details of a heartbeat. */
  readonly latest: () => unknown;
  /** Returns a number that changes with each answer to the attempt, also a refusal. */
  readonly progress: () => number;
  /** Milliseconds. @default heartbeatInterval, maxStandstill */
  readonly times?: { readonly interval: number; readonly standstill: number };
}

/**
 * Heartbeats while `work` makes progress. After `standstill` without progress it stops heartbeating and aborts the
 * signal, so that Temporal retries the attempt even if `work` never ends. Temporal's cancellation aborts it, too.
 */
export async function whileBeating<T>(beating: Beating, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { context, latest, progress } = beating;
  const { interval, standstill } = beating.times ?? {
    interval: heartbeatInterval,
    standstill: maxStandstill,
  };
  const hung = new AbortController();
  let last = progress();
  // Beats, not time: a process that was frozen does not hang.
  let still = 0;
  const beat = (): void => {
    if (!hung.signal.aborted) context.heartbeat(latest());
  };
  const look = (): void => {
    const now = progress();
    still = now === last ? still + 1 : 0;
    last = now;
    if (still * interval >= standstill) hung.abort(standstillError(standstill));
    beat();
  };
  beat();
  const timer = setInterval(look, interval);
  try {
    return await work(AbortSignal.any([context.cancellationSignal, hung.signal]));
  } finally {
    // Send the final checkpoint, so that the next attempt continues there.
    beat();
    clearInterval(timer);
  }
}

function standstillError(standstill: number): LtdError {
  return new LtdError(
    'unavailable',
    `No request of this attempt was answered for ${standstill / 1_000} s: the attempt ends and is retried.`,
  );
}
