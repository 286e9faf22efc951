import type { Context } from '@temporalio/activity';

/**
 * How often an attempt says that it lives. The worker passes it on every five seconds at most; the server gives an
 * attempt up after thirty. Milliseconds.
 */
const interval = 2_000;

/** Heartbeats while `work` runs, also while it only waits, each time with the latest details. */
export async function whileBeating<T>(
  context: Pick<Context, 'heartbeat'>,
  latest: () => unknown,
  work: () => Promise<T>,
): Promise<T> {
  const beat = (): void => {
    context.heartbeat(latest());
  };
  beat();
  const timer = setInterval(beat, interval);
  try {
    return await work();
  } finally {
    // The last word too, so that an attempt that is shut down hands over how far it is.
    beat();
    clearInterval(timer);
  }
}
