import { setTimeout as sleep } from 'node:timers/promises';

/** How a condition is waited for. */
export interface PollOptions {
  /** What is waited for, as it reads after "Timed out waiting for". */
  readonly what: string;
  /** Milliseconds. @default 30000 */
  readonly timeout?: number;
  /** Milliseconds between the first looks. @default 50 */
  readonly interval?: number;
  /** Ends the waiting with its reason when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * What takes long is looked at less often: each look costs, and what is waited for needs the processor. Milliseconds.
 */
const maxInterval = 250;

/**
 * Looks again until `look` returns something other than undefined or false, and returns that.
 *
 * @throws {Error} on time-out, with the last error that `look` threw as `cause`; a {@link GaveUp} of `look` and the
 * signal's reason at once.
 */
export async function poll<T>(look: () => Promise<T | undefined | false>, options: PollOptions): Promise<T> {
  const { what, timeout = 30_000, interval = 50, signal } = options;
  const start = performance.now();
  let cause: unknown;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const seen = await look();
      if (seen !== undefined && seen !== false) return seen;
      cause = undefined;
    } catch (error) {
      if (error instanceof GaveUp) throw error;
      cause = error;
    }
    const waited = performance.now() - start;
    if (waited > timeout) throw new Error(`Timed out after ${timeout} ms waiting for ${what}`, { cause });
    const pause = Math.max(interval, Math.min(waited / 20, maxInterval));
    await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}

/** Thrown by a look that knows that waiting is no use. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
}
