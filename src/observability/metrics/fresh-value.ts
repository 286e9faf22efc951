import { setTimeout as sleep } from 'node:timers/promises';

/** How a value that is asked for often is read seldom. Milliseconds. */
export interface Freshness {
  /** A reading is answered again for so long. */
  readonly maxAge: number;
  /** The longest that anybody is kept waiting. */
  readonly patience: number;
}

/**
 * Reads a value for many who ask: one reading at a time, whose answer serves all until it is too old. Answers null where
 * it cannot be had in time, never an old one: not to know is no number.
 */
export function freshValue<T>(
  read: () => Promise<T>,
  { maxAge, patience }: Freshness,
): () => Promise<T | null> {
  let reading: Promise<T | null> | null = null;
  const forget = (): void => {
    reading = null;
  };
  const begin = async (): Promise<T | null> => {
    try {
      const value = await read();
      setTimeout(forget, maxAge).unref();
      return value;
    } catch {
      forget();
      return null;
    }
  };
  return async () => {
    reading ??= begin();
    const timer = new AbortController();
    const late = sleep(patience, null, { signal: timer.signal, ref: false }).catch(() => null);
    try {
      return await Promise.race([reading, late]);
    } finally {
      timer.abort();
    }
  };
}
