import { setTimeout as sleep } from 'node:timers/promises';

/** How a condition is waited for. */
export interface PollOptions {
  /** What is waited for, as it reads after "Timed out waiting for". */
  readonly what: string;
  /** Milliseconds. @default 30000 */
  readonly timeout?: number;
  /** Milliseconds between two looks. @default 50 */
  readonly interval?: number;
}

/**
 * Looks again until `look` returns something other than undefined or false, and returns that.
 *
 * @throws {Error} on time-out, with the last error that `look` threw as `cause`; an error of `giveUp` at once.
 */
export async function poll<T>(look: () => Promise<T | undefined | false>, options: PollOptions): Promise<T> {
  const { what, timeout = 30_000, interval = 50 } = options;
  const end = performance.now() + timeout;
  let cause: unknown;
  for (;;) {
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      cause = undefined;
    } catch (error) {
      if (error instanceof GaveUp) throw error;
      cause = error;
    }
    if (performance.now() > end)
      throw new Error(`Timed out after ${timeout} ms waiting for ${what}`, { cause });
    await sleep(interval);
  }
}

/** Thrown by a look that knows that waiting is no use. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
}
