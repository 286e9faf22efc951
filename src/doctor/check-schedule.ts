import {
  inspectReconcileSchedule,
  reconcileInterval,
  type ReconcileScheduleFacts,
  remakeReconcileSchedule,
} from '../integrations/temporal/reconcile-schedule.js';
import { reconcileScheduleId } from '../workflows/contract.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, ok, repaired, warning } from './finding.js';

const name = 'schedule';
const remake = "Run 'ltd-keeper doctor --repair'.";
const lookAtWorkers = 'See that workers run, and what the last runs of Reconcile say in the Web UI.';

/** A pass may take two minutes, and the next one is not begun before it has ended. Milliseconds. */
const maxPause = 2 * 60_000 + 3 * reconcileInterval;

/** Is what was missed found, every 30 seconds? */
export async function checkSchedule(
  { client }: Pick<DoctorDeps, 'client'>,
  { repair }: { readonly repair: boolean },
): Promise<readonly Finding[]> {
  const facts = await inspectReconcileSchedule(client);
  if (repair && (facts === null || facts.paused || !facts.isAsMade)) {
    await remakeReconcileSchedule(client);
    return [repaired(name, `${judgeSchedule(facts, new Date()).message} It has been made anew.`)];
  }
  return [judgeSchedule(facts, new Date())];
}

/** What is to be said of the schedule of `Reconcile` (null: there is none). */
export function judgeSchedule(facts: ReconcileScheduleFacts | null, now: Date): Finding {
  if (facts === null)
    return failure(name, `There is no schedule "${reconcileScheduleId}": what is lost is not found.`, remake);
  const { paused, note, isAsMade, lastPassAt, createdAt, lastPassStatus } = facts;
  if (paused)
    return failure(
      name,
      `The schedule "${reconcileScheduleId}" is paused${note === null ? '' : ` (${note})`}: what is lost is not found.`,
      `'temporal schedule toggle --unpause --schedule-id ${reconcileScheduleId}', or 'ltd-keeper doctor --repair'.`,
    );
  if (!isAsMade)
    return warning(name, `The schedule "${reconcileScheduleId}" is not as this version makes it.`, remake);
  const idle = now.getTime() - (lastPassAt ?? createdAt).getTime();
  if (idle > maxPause)
    return failure(name, `No pass of Reconcile was begun for ${Math.round(idle / 1_000)} s.`, lookAtWorkers);
  if (lastPassStatus !== null && !['COMPLETED', 'RUNNING'].includes(lastPassStatus))
    return failure(name, `The last pass of Reconcile ended as ${lastPassStatus}.`, lookAtWorkers);
  return ok(
    name,
    `Reconcile runs every ${reconcileInterval / 1_000} s${lastPassAt === null ? '' : `, last at ${lastPassAt.toISOString()}`}.`,
  );
}
