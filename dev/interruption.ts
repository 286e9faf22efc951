import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A user or a supervisor interrupted this process. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Aborts with {@link Interrupted} at the first stop signal, so that this process can clean up. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => {
      controller.abort(new Interrupted(`Interrupted by ${name}`));
    });
  return controller.signal;
}

/** Returns the result of the work, or throws the signal's reason if that comes first; the work then continues. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = async (): Promise<never> => {
    if (!signal.aborted) await once(signal, 'abort');
    throw signal.reason;
  };
  return Promise.race([work, aborted()]);
}

/** Keeps this process running until the signal aborts. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  const longest = 2 ** 31 - 1;
  while (!signal.aborted) await sleep(longest, undefined, { signal }).catch(() => undefined);
}
