import type { Context } from '@temporalio/activity';
import type { CopyCounts } from '../domain/copy-counts.js';
import type { CopyHeartbeat, RebuildPlan } from '../workflows/contract.js';
import { whileBeating } from './while-beating.js';

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
  return whileBeating(
    context,
    () => latest,
    () =>
      work((checkpoint, counts) => {
        latest = { planId: plan.planId, checkpoint, counts };
      }),
  );
}
