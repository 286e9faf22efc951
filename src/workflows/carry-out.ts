import { RetryState } from '@temporalio/common';
import { ActivityFailure, CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { CopyCounts } from '../domain/copy-counts.js';
import { overtakenFailure, planVoidFailure, type RebuildPlan, verificationFailure } from './contract.js';
import { stepFailure } from './failures.js';
import { copyBuild, purgeEdition, removeStale, steps } from './proxies.js';
import type { RunStatus } from './run-status.js';
import type { Signals } from './signals.js';

/** A purge that takes longer than this is waiting for a CDN that is down, and may be given up for newer work. */
const purgeGrace = '10s';

/** How a plan ended. */
type PlanResult =
  /** Published, or the restored build is whole. */
  | { readonly kind: 'done' }
  /** The row no longer wants it, or does not prove it: look again. */
  | { readonly kind: 'void' }
  /** Given up for a newer generation. */
  | { readonly kind: 'overtaken' }
  /** The bucket is not what it should be: copy again. */
  | { readonly kind: 'unverified'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

/** What {@link carryOut} needs of the run. */
interface PlanContext {
  readonly signals: Signals;
  readonly status: RunStatus;
  /**
   * Whether a newer generation stops the copy at once. Else only a step that fails without progress gives way to it.
   */
  readonly hurry: boolean;
}

/**
 * Carries a plan out, step by step. Cancellation from outside passes through; everything else is answered.
 */
export async function carryOut(plan: RebuildPlan, context: PlanContext): Promise<PlanResult> {
  try {
    if (!context.hurry) return await publish(plan, context);
    const attempt = await unlessOvertaken(
      () => context.signals.untilNewerThan(plan.generation),
      () => publish(plan, context),
    );
    return attempt.overtaken ? { kind: 'overtaken' } : attempt.result;
  } catch (error) {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    if (failure.type === planVoidFailure) return { kind: 'void' };
    if (failure.type === overtakenFailure) return { kind: 'overtaken' };
    return { kind: failure.type === verificationFailure ? 'unverified' : 'failed', message: failure.message };
  }
}

async function publish(plan: RebuildPlan, context: PlanContext): Promise<PlanResult> {
  const { status } = context;
  status.enter('copying', plan);
  const { verified = false, purged = false, ...copied } = await copyBuild(plan);
  status.count(copied);
  const purge = purged ? confirmed : await purgeOnce(plan, context);
  if (purge.overtaken) return { kind: 'overtaken' };
  // A copy that leaves nothing to be removed has verified it all itself.
  return verified ? finish(plan, context, { counts: copied, purge }) : clear(plan, context, copied);
}

/** Removes what the build does not have, and verifies that the rest is right. */
async function clear(plan: RebuildPlan, context: PlanContext, copied: CopyCounts): Promise<PlanResult> {
  context.status.enter('removing');
  const { purged = false, ...counts } = await removeStale(plan, copied);
  context.status.count(counts);
  return finish(plan, context, { counts, purge: purged ? confirmed : await purgeOnce(plan, context) });
}

async function finish(
  plan: RebuildPlan,
  { status }: PlanContext,
  { counts, purge }: { readonly counts: CopyCounts; readonly purge: Purge },
): Promise<PlanResult> {
  if (purge.overtaken) return { kind: 'overtaken' };
  status.enter('finishing');
  return { kind: (await steps.finishRebuild(plan, counts, purge.warning)) ? 'done' : 'void' };
}

interface Purge {
  readonly overtaken: boolean;
  /** Why the CDN was not purged. */
  readonly warning: string | null;
}

/** The edition owes the CDN nothing. */
const confirmed: Purge = { overtaken: false, warning: null };

/**
 * Purges what the edition owes. A CDN that refuses for good does not undo a publication: the rebuild tells why, the
 * edition owes the purge on, and Reconcile has it tried again.
 */
async function purgeOnce(plan: RebuildPlan, { status, signals }: PlanContext): Promise<Purge> {
  status.enter('purging');
  const waitedForTooLong = async (): Promise<void> => {
    await sleep(purgeGrace);
    await signals.untilNewerThan(plan.generation);
  };
  try {
    const { overtaken } = await unlessOvertaken(waitedForTooLong, () => purgeEdition(plan.editionId));
    return { overtaken, warning: null };
  } catch (error) {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    return { overtaken: false, warning: `published, but the CDN was not purged: ${failure.message}` };
  }
}

/** Either the work's result, or that it was given up for something newer. */
type Overtakable<T> = { readonly overtaken: true } | { readonly overtaken: false; readonly result: T };

/**
 * Runs `work`, and cancels it when `overtaken` resolves first; work that is cancelled is waited for as its activities'
 * cancellation types say. Both run in scopes of their own, which end here. A cancellation from outside passes through.
 */
export async function unlessOvertaken<T>(
  overtaken: () => Promise<void>,
  work: () => Promise<T>,
): Promise<Overtakable<T>> {
  const working = new CancellationScope();
  const watching = new CancellationScope();
  watching
    .run(overtaken)
    .then(() => {
      working.cancel();
    })
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  try {
    return { overtaken: false, result: await working.run(work) };
  } catch (error) {
    // A cancellation from outside reaches both scopes: then nobody was overtaken.
    const outside = CancellationScope.current().consideredCancelled;
    if (working.consideredCancelled && !outside && isOfCancellation(error)) return { overtaken: true };
    throw error;
  } finally {
    watching.cancel();
  }
}

/**
 * Whether work ended because it was cancelled: it says so, or it failed (a worker that died, a store that was away) and
 * would have been tried again otherwise.
 */
function isOfCancellation(error: unknown): boolean {
  return (
    isCancellation(error) || (error instanceof ActivityFailure && error.retryState === RetryState.CANCEL_REQUESTED)
  );
}
