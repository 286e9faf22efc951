import { setTimeout as sleep } from 'node:timers/promises';

export interface PollOptions {
  /** The awaited condition, for "Timed out waiting for …". */
  readonly what: string;
  /** Milliseconds. @default 30000 */
  readonly timeout?: number;
  /** Milliseconds between the first attempts. @default 50 */
  readonly interval?: number;
  /** Ends the wait with its reason when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/** Attempts become rarer over time, because each one costs CPU. Milliseconds. */
const maxInterval = 250;

/**
 * Calls `look` until it returns something other than undefined or false, and returns that. @throws {Error} on time-out,
 * with the last error of `look` as `cause`; at once a {@link GaveUp} of `look` or the signal's reason.
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

/** A `look` throws this when further waiting is useless. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
}
