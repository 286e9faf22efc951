import type { Context } from '@temporalio/activity';
import { LtdError } from '../domain/errors.js';
import { heartbeatInterval, maxStandstill } from '../domain/time-limits.js';

/** What an attempt tells of itself. */
export interface Beating {
  readonly context: Pick<Context, 'heartbeat' | 'cancellationSignal'>;
  /** The details of a heartbeat. */
  readonly latest: () => unknown;
  /** A number that changes when the attempt gets on, if only because a request of it was refused. */
  readonly progress: () => number;
  /** Milliseconds. @default heartbeatInterval, maxStandstill */
  readonly times?: { readonly interval: number; readonly standstill: number };
}

/**
 * Heartbeats while `work` runs and gets on. When it has not got on for `standstill` it hangs: then the heartbeats end,
 * and the signal that `work` is given is aborted, as it is when Temporal cancels the attempt. An attempt that does not
 * end then either is given up by the server, and the next one takes its place as after a crash.
 */
export async function whileBeating<T>(beating: Beating, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { context, latest, progress } = beating;
  const { interval, standstill } = beating.times ?? {
    interval: heartbeatInterval,
    standstill: maxStandstill,
  };
  const hung = new AbortController();
  let last = progress();
  // Counted in beats, so that a process that was frozen is not taken for one that hangs.
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
    // The last word too, so that an attempt that is shut down hands over how far it is.
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
