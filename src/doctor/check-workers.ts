import { inspectTaskQueue } from '../integrations/temporal/inspect-task-queue.js';
import { holdInWords, listPauses } from '../integrations/temporal/pauses.js';
import { taskQueues } from '../workflows/contract.js';
import type { DoctorDeps } from './dependencies.js';
import { failure, type Finding, ok, warning } from './finding.js';

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
