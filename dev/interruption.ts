import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** The person at the keyboard, or whoever supervises us, wants us to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Aborted, with {@link Interrupted}, by the first signal that asks us to end, so that we can put things in order. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(name, () => {
      controller.abort(new Interrupted(`Interrupted by ${name}`));
    });
  return controller.signal;
}

/** The result of the work, unless the signal comes first: then its reason is thrown and the work left to itself. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const aborted = async (): Promise<never> => {
    if (!signal.aborted) await once(signal, 'abort');
    throw signal.reason;
  };
  return Promise.race([work, aborted()]);
}

/** Keeps this process running until the signal comes. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  const longest = 2 ** 31 - 1;
  while (!signal.aborted) await sleep(longest, undefined, { signal }).catch(() => undefined);
}
