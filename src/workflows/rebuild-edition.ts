import {
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  isCancellation,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { carryOut } from './carry-out.js';
import type { RebuildEditionInput, RebuildPlan } from './contract.js';
import { stepFailure } from './failures.js';
import { steps, tryPurge } from './proxies.js';
import { answerStatus, type RunStatus } from './run-status.js';
import { watchSignals, type Signals } from './signals.js';

/** After this many failed verifications in a row the generation fails. */
const maximumRounds = 20;

/** The state of a run between its rounds. */
interface Run {
  readonly editionId: number;
  readonly signals: Signals;
  readonly status: RunStatus;
  /** The current plan, which a cancellation settles. */
  plan: RebuildPlan | null;
}

/**
 * Makes the bucket show the build that the edition's row declares, in rounds, until nothing is left to do. Each edition
 * has at most one open run. Another signal is harmless.
 */
export async function RebuildEdition({ editionId }: RebuildEditionInput): Promise<void> {
  const run: Run = { editionId, signals: watchSignals(), status: answerStatus(), plan: null };
  try {
    await converge(run);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(async () => {
      run.status.enter('settling');
      await (run.plan === null ? steps.cancelCurrent(editionId) : steps.settlePlan(run.plan, { outcome: 'cancelled' }));
      await converge(run);
    });
    throw error;
  }
}

async function converge(run: Run): Promise<void> {
  // After a newer generation has ended a plan, the next copy runs to its end while it makes progress. So a steady
  // stream of requests delays a publication by at most two copies.
  let hurry = true;
  let rounds = 0;
  for (;;) {
    run.signals.forget();
    run.status.enter('looking');
    const work = await steps.beginRebuild(run.editionId);
    run.plan = work === 'purge' ? null : work;
    if (run.plan === null) {
      if (work === 'purge') await purgeAtRest(run);
      if (run.signals.seen()) continue;
      run.status.enter('looking', null);
      return;
    }
    const end = await carryOut(run.plan, { ...run, hurry });
    hurry = end.kind !== 'overtaken';
    rounds = end.kind === 'unverified' ? rounds + 1 : 0;
    if (end.kind === 'failed') await settleFailed(run, run.plan, end.message);
    if (end.kind === 'unverified') await pauseOrGiveUp(run, run.plan, { rounds, message: end.message });
    run.plan = null;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof RebuildEdition>({ editionId: run.editionId });
  }
}

/** Tries once: a signal that arrives meanwhile waits for one call to the CDN at most. */
async function purgeAtRest({ editionId, status }: Run): Promise<void> {
  status.enter('purging', null);
  try {
    await tryPurge(editionId);
  } catch (error) {
    if (stepFailure(error) === null) throw error;
  }
}

/** Settles a generation as failed. The next round restores the published build. */
async function settleFailed(run: Run, plan: RebuildPlan, message: string): Promise<void> {
  run.status.enter('settling');
  if (plan.restore) {
    await steps.failRestore(plan);
    const what =
      plan.target === null ? 'The objects could not be removed' : 'The published build could not be restored';
    throw ApplicationFailure.nonRetryable(`${what}: ${message}`, 'restore_failed');
  }
  await steps.settlePlan(plan, { outcome: 'failed', error: message });
}

async function pauseOrGiveUp(
  run: Run,
  plan: RebuildPlan,
  { rounds, message }: { rounds: number; message: string },
): Promise<void> {
  if (rounds >= maximumRounds) await settleFailed(run, plan, message);
  // Repeat the first round at once: most likely an operator completed the copy by hand.
  else if (rounds > 1)
    await Promise.race([sleep(Math.min(60_000, 1_000 * 2 ** rounds)), run.signals.untilNewerThan(plan.generation)]);
}
