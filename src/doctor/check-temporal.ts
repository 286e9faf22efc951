import { inspectNamespace, inspectTaskQueue } from '../integrations/temporal/inspect-task-queue.js';
import { holdInWords, listPauses } from '../integrations/temporal/pauses.js';
import {
  inspectReconcileSchedule,
  reconcileInterval,
  type ReconcileScheduleFacts,
  remakeReconcileSchedule,
} from '../integrations/temporal/reconcile-schedule.js';
import { reconcileScheduleId, taskQueues } from '../workflows/contract.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, ok, repaired, warning } from './finding.js';

type Deps = Pick<DoctorDeps, 'client' | 'namespace'>;

/** With less, nobody can look up in the morning what went wrong at night. Hours. */
const leastRetention = 24;

/** Does Temporal answer, and has it the namespace? */
export async function checkTemporal({ client, namespace }: Deps): Promise<readonly Finding[]> {
  const name = 'temporal';
  const facts = await inspectNamespace(client, namespace);
  if (facts === null)
    return [
      failure(
        name,
        `Temporal answers, but has no namespace "${namespace}".`,
        `'temporal operator namespace create --namespace ${namespace} --retention 72h', or correct TEMPORAL_NAMESPACE.`,
      ),
    ];
  const { serverVersion, retentionHours } = facts;
  const says =
    `Temporal ${serverVersion} answers; namespace "${namespace}" ` + `keeps what has ended for ${retentionHours} h`;
  if (retentionHours >= leastRetention) return [ok(name, `${says}.`)];
  return [
    warning(
      name,
      `${says}, less than a day: what a run was about cannot be looked up after that.`,
      `'temporal operator namespace update --namespace ${namespace} --retention 72h'.`,
    ),
  ];
}

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
  if (!isAsMade) return warning(name, `The schedule "${reconcileScheduleId}" is not as this version makes it.`, remake);
  const idle = now.getTime() - (lastPassAt ?? createdAt).getTime();
  if (idle > maxPause)
    return failure(name, `No pass of Reconcile was begun for ${Math.round(idle / 1_000)} s.`, lookAtWorkers);
  if (lastPassStatus !== null && !['COMPLETED', 'RUNNING'].includes(lastPassStatus))
    return failure(name, `The last pass of Reconcile ended as ${lastPassStatus}.`, lookAtWorkers);
  return ok(
    name,
    `Reconcile runs every ${reconcileInterval / 1_000} s` +
      `${lastPassAt === null ? '' : `, last at ${lastPassAt.toISOString()}`}.`,
  );
}

/** Who must poll what. Learning only spares requests later, so nobody need do it. */
const halves = [
  { taskQueue: taskQueues.keeper, kind: 'workflow', isNeeded: true },
  { taskQueue: taskQueues.keeper, kind: 'activity', isNeeded: true },
  { taskQueue: taskQueues.copy, kind: 'activity', isNeeded: true },
  { taskQueue: taskQueues.events, kind: 'activity', isNeeded: true },
  { taskQueue: taskQueues.manifests, kind: 'activity', isNeeded: false },
] as const;

/** Does somebody work on every task queue? */
export async function checkWorkers({
  client,
  namespace,
}: Pick<DoctorDeps, 'client' | 'namespace'>): Promise<readonly Finding[]> {
  const polled = await Promise.all(
    halves.map(async (half) => ({ half, ...(await inspectTaskQueue(client, { namespace, ...half })) })),
  );
  const held = polled.flatMap(({ half, hold }) =>
    hold === null ? [] : [warning('workers', `${holdInWords(half, hold)}.`, unpause)],
  );
  const idle = polled.filter(({ pollers }) => pollers.length === 0).map(({ half }) => half);
  if (idle.length + held.length > 0) return [...idle.map(nobodyPolls), ...held];
  const workers = new Set(polled.flatMap(({ pollers }) => pollers));
  return [ok('workers', `Every task queue is polled, by ${[...workers].sort().join(', ')}.`)];
}

const unpause = 'Wait for whoever paused it, or type that command.';

/** Did somebody pause a run, or a step of one, and not let it go on? */
export async function checkPauses({ client }: Pick<DoctorDeps, 'client'>): Promise<readonly Finding[]> {
  const pauses = await listPauses(client);
  if (pauses.length === 0) return [ok('pauses', 'No run is paused.')];
  return pauses.map((pause) => warning('pauses', `${pause}.`, unpause));
}

function nobodyPolls({ taskQueue, kind, isNeeded }: (typeof halves)[number]): Finding {
  const message = `Nobody polls the task queue "${taskQueue}" for ${kind === 'workflow' ? 'workflows' : 'activities'}`;
  return isNeeded
    ? failure(
        'workers',
        `${message}: what waits there stands still.`,
        'Start a worker, or look at the log of the one that should.',
      )
    : warning(
        'workers',
        `${message}: builds are learnt by their first copy, which takes longer.`,
        'Start a worker with LTD_MANIFEST_SLOTS above 0.',
      );
}
