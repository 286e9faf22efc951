import { RetryState } from '@temporalio/common';
import { ActivityFailure, CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { CopyCounts } from '../domain/copy-counts.js';
import { overtakenFailure, planVoidFailure, type RebuildPlan, verificationFailure } from './contract.js';
import { stepFailure } from './failures.js';
import { copyBuild, purgeEdition, removeStale, steps } from './proxies.js';
import type { RunStatus } from './run-status.js';
import type { Signals } from './signals.js';

/** A purge that takes longer waits for a CDN that is down. Newer work may end it. */
const purgeGrace = '10s';

/** How a plan ended. */
type PlanResult =
  /** Published, or the restored build is whole. */
  | { readonly kind: 'done' }
  /** The row has another plan, or does not prove the copy: begin again. */
  | { readonly kind: 'void' }
  /** A newer generation ended it. */
  | { readonly kind: 'overtaken' }
  /** The bucket differs from the build: copy again. */
  | { readonly kind: 'unverified'; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

/** The parts of the run that {@link carryOut} uses. */
interface PlanContext {
  readonly signals: Signals;
  readonly status: RunStatus;
  /** Whether a newer generation stops the copy at once. Otherwise only a step without progress gives way to it. */
  readonly hurry: boolean;
}

/** Executes a plan, step by step. Throws only a cancellation from outside; every other end is a result. */
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
  // A copy without stale objects has verified the whole prefix.
  return verified ? finish(plan, context, { counts: copied, purge }) : clear(plan, context, copied);
}

/** Deletes the objects that the build lacks, and verifies the rest. */
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
  /** Why the purge failed; null if it did not. */
  readonly warning: string | null;
}

/** The edition owes no purge. */
const confirmed: Purge = { overtaken: false, warning: null };

/**
 * Sends the purge that the edition owes. If the CDN refuses for good, the publication stands: the rebuild stores the
 * reason, the edition still owes the purge, and Reconcile retries it.
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

/** The result of the work, unless newer work ended it. */
type Overtakable<T> = { readonly overtaken: true } | { readonly overtaken: false; readonly result: T };

/**
 * Runs `work`, and cancels it when `overtaken` resolves first. It then awaits the work as the cancellation types of its
 * activities say. Both run in scopes of their own, which end here. Throws a cancellation from outside.
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
    // A cancellation from outside reaches both scopes, and overtakes nothing.
    const outside = CancellationScope.current().consideredCancelled;
    if (working.consideredCancelled && !outside && isOfCancellation(error)) return { overtaken: true };
    throw error;
  } finally {
    watching.cancel();
  }
}

/**
 * Whether the cancellation ended the work: the error is one, or a failure that Temporal would have retried otherwise.
 */
function isOfCancellation(error: unknown): boolean {
  return (
    isCancellation(error) || (error instanceof ActivityFailure && error.retryState === RetryState.CANCEL_REQUESTED)
  );
}
