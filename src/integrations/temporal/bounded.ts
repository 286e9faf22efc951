import { LtdError } from '../../domain/errors.js';

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
  // Whichever loses the race is nobody's any more, its failure included.
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
