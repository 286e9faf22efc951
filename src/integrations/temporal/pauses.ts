import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { bounded } from './bounded-calls.js';
import { inspectTaskQueue, type TaskQueueHalf } from './inspect-task-queue.js';
import { describeRun, paused as pausedStatus, type RunDescription } from './stuck-run.js';

/** What an operator has stopped, as Temporal keeps it. */
interface Pause {
  readonly what: string;
  /** The command that ends it. */
  readonly resume: string;
  readonly identity?: string | null | undefined;
  readonly reason?: string | null | undefined;
}

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

/** Runs that are open and paused, or have a paused activity. `ExecutionStatus="Running"` does not list a paused run. */
const pausedRuns = 'ExecutionStatus IN ("Running", "Paused") AND TemporalPauseInfo IS NOT NULL';

/** In Temporal's API: the activity waits for a worker. */
const scheduled = 1;

/** Milliseconds. */
const patience = 5_000;

/** So many paused runs are described by name. */
const maxListed = 10;

/**
 * Says who paused a run, its activity, or the task queue that its activity waits in, and which command ends that. Null
 * where nothing of it is paused.
 */
export async function pauseOf(client: Client, described: RunDescription): Promise<string | null> {
  const workflowId = described.workflowExecutionInfo?.execution?.workflowId ?? '';
  const run = `--workflow-id ${workflowId}`;
  if (Number(described.workflowExecutionInfo?.status) === pausedStatus)
    return inWords({
      what: `the workflow ${workflowId}`,
      resume: `temporal workflow unpause ${run}`,
      ...described.workflowExtendedInfo?.pauseInfo,
    });
  for (const { paused, activityId, activityType, pauseInfo } of described.pendingActivities ?? [])
    if (paused === true)
      return inWords({
        what: `the activity ${activityType?.name ?? 'unknown'} of ${workflowId}`,
        resume: `temporal activity unpause ${run} --activity-id ${activityId ?? ''}`,
        identity: pauseInfo?.manual?.identity,
        reason: pauseInfo?.manual?.reason ?? pauseInfo?.rule?.reason,
      });
  const waiting = described.pendingActivities?.find(({ state }) => Number(state) === scheduled);
  return waiting === undefined ? null : heldQueueOf(client, waiting);
}

async function heldQueueOf(client: Client, { activityOptions }: PendingActivity): Promise<string | null> {
  const taskQueue = activityOptions?.taskQueue?.name;
  if (taskQueue === undefined || taskQueue === null) return null;
  const half = { namespace: client.options.namespace, taskQueue, kind: 'activity' } as const;
  const { hold } = await inspectTaskQueue(client, half);
  return hold === null ? null : holdInWords(half, hold);
}

/** Says that a task queue hands nothing out, since an operator set its rate to 0. */
export function holdInWords(
  { taskQueue, kind }: Pick<TaskQueueHalf, 'taskQueue' | 'kind'>,
  by: Pick<Pause, 'identity' | 'reason'>,
): string {
  const queue = `--task-queue ${taskQueue} --task-queue-type ${kind}`;
  return inWords({
    what: `the task queue ${taskQueue}`,
    resume: `temporal task-queue config set ${queue} --queue-rps-limit default`,
    ...by,
  });
}

function inWords({ what, resume, identity, reason }: Pause): string {
  const who = identity === undefined || identity === null || identity === '' ? 'Somebody' : identity;
  const why = reason === undefined || reason === null || reason === '' ? '' : ` (${reason})`;
  return `${who} paused ${what}${why}. To go on: ${resume}`;
}

/**
 * Counts the open runs that somebody paused, or an activity of which somebody paused.
 *
 * @throws {LtdError} `unavailable` when Temporal does not answer in time.
 */
export async function countPausedRuns(client: Client): Promise<number> {
  return (await bounded(patience, () => client.workflow.count(pausedRuns))).count;
}

/**
 * Describes the first ten of the paused runs, each in one sentence.
 *
 * @throws {LtdError} as {@link countPausedRuns}.
 */
export async function listPauses(client: Client): Promise<readonly string[]> {
  const { executions } = await bounded(patience, () =>
    client.workflowService.listWorkflowExecutions({
      namespace: client.options.namespace,
      query: pausedRuns,
      pageSize: maxListed,
    }),
  );
  const pauses = await Promise.all(
    executions.map(async ({ execution }) => {
      const described = await bounded(patience, () => describeRun(client, execution ?? {}));
      return described && pauseOf(client, described);
    }),
  );
  // What is told is older than what is described: a pause may have ended in between.
  return pauses.filter((pause) => pause !== null);
}
