/** The error of work that took longer than its time limit. */
export class NoAnswer extends Error {
  constructor(timeoutMs: number) {
    super(`no answer within ${timeoutMs} ms`);
  }
}

/** A signal with a time limit. */
export interface LimitedSignal {
  readonly signal: AbortSignal;
  /** Call it when the work has ended: then nothing aborts the signal any more. */
  readonly end: () => void;
}

/**
 * Returns a signal that aborts with `source`, for its reason, or after the time limit, with `error`.
 *
 * Not `AbortSignal.any` of an `AbortSignal.timeout`: nothing references the latter, so it may be collected as garbage
 * and then never aborts anything (nodejs/node#57736).
 */
export function limitedSignal(
  timeoutMs: number,
  source?: AbortSignal,
  error: Error = new NoAnswer(timeoutMs),
): LimitedSignal {
  const controller = new AbortController();
  const follow = (): void => {
    controller.abort(source?.reason);
  };
  const timer = setTimeout(() => {
    controller.abort(error);
  }, timeoutMs);
  source?.addEventListener('abort', follow, { once: true });
  if (source?.aborted === true) follow();
  return {
    signal: controller.signal,
    end: () => {
      clearTimeout(timer);
      source?.removeEventListener('abort', follow);
    },
  };
}

/**
 * Returns the result of the work, or rejects as soon as its {@link limitedSignal} aborts, even if the work ignores the
 * signal. Swallows a late result or failure.
 *
 * @throws `error`, or the reason of `source`.
 */
export async function withinTime<T>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<T>,
  { source, error }: { readonly source?: AbortSignal | undefined; readonly error?: Error } = {},
): Promise<T> {
  source?.throwIfAborted();
  const { signal, end } = limitedSignal(timeoutMs, source, error);
  const late = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error); // that of limitedSignal
    });
  });
  late.catch(() => undefined); // the work may throw before the race awaits it
  try {
    return await Promise.race([work(signal), late]);
  } finally {
    end();
  }
}

/** Maps the items, `concurrency` at a time, in their order. After a failure it starts no more, and rejects. */
export async function mapEach<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      if (failed) return;
      try {
        results[index] = await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  return results;
}

/** Runs work when its turn comes. */
export interface Turns {
  /** The number of works that wait for their turn. */
  readonly waiting: number;
  readonly run: <T>(work: () => Promise<T>) => Promise<T>;
}

/** Returns turns for `concurrency` works at a time, in the order of arrival. */
export function createTurns(concurrency: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    get waiting() {
      return waiting.length;
    },
    run: async (work) => {
      if (running < concurrency) running += 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        // Pass the turn on directly, so that no later work takes it in between.
        if (next === undefined) running -= 1;
        else next();
      }
    },
  };
}
