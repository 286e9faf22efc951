import { LtdError } from '../../domain/errors.js';

/** How calls to Temporal are held back. Times are in milliseconds. */
interface CallLimits {
  /** So many are waited for at a time; the others wait for their turn. */
  readonly atOnce: number;
  /** How long each is waited for, from when its turn has come. */
  readonly patience: number;
  /** How long one waits for its turn. */
  readonly maxWait: number;
}

/** A call that waits for its turn. */
interface Waiting {
  readonly since: number;
  readonly begin: () => void;
  readonly refuse: (reason: LtdError) => void;
}

/**
 * Makes calls a few at a time, in the order in which they are asked for: a server that is given hundreds at once
 * answers each of them late, and all of them too late. Where it has answered none for as long as one is waited for, it
 * is taken to be down, and those that wait are refused rather than tried one after the other.
 *
 * @param now - a clock that never goes back, in milliseconds.
 * @throws {LtdError} `unavailable`, from each call.
 */
export function boundedCalls(
  { atOnce, patience, maxWait }: CallLimits,
  now = (): number => performance.now(),
): <T>(call: () => Promise<T>) => Promise<T> {
  const waiting: Waiting[] = [];
  let underWay = 0;
  let lastAnswer = -Infinity;
  const isSlow = ({ since }: Waiting): boolean => now() - since >= maxWait;
  /** Hands the place of a call that is over to the next. */
  const handOver = (): void => {
    let next = waiting.shift();
    for (; next !== undefined && isSlow(next); next = waiting.shift()) next.refuse(tooSlow(maxWait));
    if (next === undefined) underWay -= 1;
    else next.begin();
  };
  const noteSilence = (error: LtdError): void => {
    if (now() - lastAnswer >= patience) for (const { refuse } of waiting.splice(0)) refuse(error);
  };
  return async (call) => {
    if (underWay < atOnce) underWay += 1;
    else
      await new Promise<void>((begin, refuse) => {
        waiting.push({ since: now(), begin, refuse });
      });
    try {
      return await bounded(patience, () => call().finally(() => (lastAnswer = now())));
    } catch (error) {
      if (error instanceof LtdError) noteSilence(error);
      throw error;
    } finally {
      handOver();
    }
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
export async function bounded<T>(milliseconds: number, call: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new LtdError('unavailable', `Temporal did not answer within ${milliseconds} ms.`));
    }, milliseconds);
  });
  const answer = call();
  // Swallow a late rejection.
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
