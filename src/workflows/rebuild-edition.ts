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

/** After this many verifications in a row that found the bucket wrong, the generation is given up. */
const maximumRounds = 20;

/** What a run keeps between its rounds. */
interface Run {
  readonly editionId: number;
  readonly signals: Signals;
  readonly status: RunStatus;
  /** The plan under way: what a cancellation settles. */
  plan: RebuildPlan | null;
}

/**
 * Makes the bucket show what the edition's row declares, as often as there is something to do, then ends. One run per
 * edition is open at a time; waking it again is harmless.
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
  // After a plan that was given up for a newer one, a copy runs to its end as long as it makes progress. So a steady
  // stream of requests delays publication by two copies at most.
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

/** One try, however it ends: a wake that comes meanwhile waits for one call to the CDN at most. */
async function purgeAtRest({ editionId, status }: Run): Promise<void> {
  status.enter('purging', null);
  try {
    await tryPurge(editionId);
  } catch (error) {
    if (stepFailure(error) === null) throw error;
  }
}

/** Ends a generation as failed; what is published stays, and is made whole in the next round. */
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
  // The first round is repeated at once: most likely an operator completed the copy by hand.
  else if (rounds > 1)
    await Promise.race([sleep(Math.min(60_000, 1_000 * 2 ** rounds)), run.signals.untilNewerThan(plan.generation)]);
}
