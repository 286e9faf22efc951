import { LtdError } from '../../domain/errors.js';
import { createTurns, withinTime } from '../../process/limits.js';

/** How calls to Temporal are held back. Times are in milliseconds. */
interface CallLimits {
  readonly concurrency: number;
  /** The time limit of a call, from its turn. */
  readonly timeoutMs: number;
  /** The longest wait for a turn. */
  readonly maxWait: number;
}

/**
 * Makes calls a few at a time, in the order in which they are asked for: a server that gets hundreds at once answers
 * each of them late, and all of them too late. If it answered none for the time that one call may take, it counts as
 * down, and the waiting calls are refused instead of tried one after the other.
 *
 * @param now - a clock that never goes back, in milliseconds.
 * @throws {LtdError} `unavailable`, from each call.
 */
export function boundedCalls(
  { concurrency, timeoutMs, maxWait }: CallLimits,
  now = (): number => performance.now(),
): <T>(call: () => Promise<T>) => Promise<T> {
  const turns = createTurns(concurrency);
  let lastAnswer = -Infinity;
  let down: { readonly since: number; readonly error: LtdError } | undefined;
  return (call) => {
    const askedAt = now();
    return turns.run(async () => {
      if (down !== undefined && askedAt <= down.since) throw down.error;
      if (now() - askedAt >= maxWait) throw tooSlow(maxWait);
      try {
        return await bounded(timeoutMs, () => call().finally(() => (lastAnswer = now())));
      } catch (error) {
        if (error instanceof LtdError && now() - lastAnswer >= timeoutMs) down = { since: now(), error };
        throw error;
      }
    });
  };
}

function tooSlow(wait: number): LtdError {
  return new LtdError('unavailable', `Temporal is too slow: a call has waited ${wait / 1_000} s for its turn.`);
}

/**
 * The result of `call`, or `unavailable` once the time is up. A deadline given to gRPC alone does not hold: with the
 * server down a call outlives it by seconds, while the client connects again.
 *
 * @throws {LtdError} `unavailable`.
 */
export async function bounded<T>(timeoutMs: number, call: () => Promise<T>): Promise<T> {
  const error = new LtdError('unavailable', `Temporal did not answer within ${timeoutMs} ms.`);
  return withinTime(timeoutMs, call, { error });
}
