import type { Context } from '@temporalio/activity';
import type { CopyCounts } from '../domain/copy-counts.js';
import type { CopyHeartbeat, RebuildPlan } from '../workflows/contract.js';

/**
 * How often an attempt says that it lives. The worker passes it on every five seconds at most; the server gives an
 * attempt up after thirty. Milliseconds.
 */
const interval = 2_000;

/** What the last attempt of this plan had told, or undefined: a new plan starts from nothing. */
export function lastHeartbeat(context: Context, plan: RebuildPlan): Partial<CopyHeartbeat> | undefined {
  const details = context.info.heartbeatDetails as Partial<CopyHeartbeat> | null | undefined; // whatever an attempt sent
  return details?.planId === plan.planId ? details : undefined;
}

/**
 * Heartbeats while `work` runs, also while it only waits, with the latest that it told.
 */
export async function withHeartbeat<T>(
  context: Context,
  plan: RebuildPlan,
  start: Omit<CopyHeartbeat, 'planId'>,
  work: (tell: (checkpoint: unknown, counts: CopyCounts) => void) => Promise<T>,
): Promise<T> {
  let latest: CopyHeartbeat = { planId: plan.planId, ...start };
  return heartbeating(
    context,
    () => latest,
    () =>
      work((checkpoint, counts) => {
        latest = { planId: plan.planId, checkpoint, counts };
      }),
  );
}

/** Heartbeats `details` while `work` runs. */
export async function heartbeating<T>(
  context: Context,
  details: () => unknown,
  work: () => Promise<T>,
): Promise<T> {
  const beat = (): void => {
    context.heartbeat(details());
  };
  beat();
  const timer = setInterval(beat, interval);
  try {
    return await work();
  } finally {
    // The last word too, so that an attempt that is shut down hands over its cursor.
    beat();
    clearInterval(timer);
  }
}
