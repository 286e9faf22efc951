import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, ScheduleOverlapPolicy } from '@temporalio/client';
import { reconcileScheduleId, taskQueues, workflowTypes } from '../../workflows/contract.js';
import { bounded } from './bounded-calls.js';

/** What is new in the database is started by the request itself; this finds what was missed. Milliseconds. */
export const reconcileInterval = 30_000;

/** A person waits for the answer. Milliseconds. */
const patience = 5_000;

/** The schedule of `Reconcile` as it stands. */
export interface ReconcileScheduleFacts {
  readonly paused: boolean;
  /** Why, where somebody said so. */
  readonly note: string | null;
  /** Whether it starts what this version would, as often. */
  readonly isAsMade: boolean;
  /** When it last began a pass; null where it never did. */
  readonly lastPassAt: Date | null;
  /** How that pass ended, as Temporal says it (`COMPLETED`, `RUNNING`, ...); null where that is not known any more. */
  readonly lastPassStatus: string | null;
  readonly createdAt: Date;
}

/**
 * Creates the schedule of `Reconcile` where it is missing, and answers whether it was. One that is there, perhaps
 * paused by an operator, is left as it is.
 */
export async function ensureReconcileSchedule(client: Client): Promise<boolean> {
  try {
    await client.schedule.create({
      scheduleId: reconcileScheduleId,
      spec: { intervals: [{ every: reconcileInterval }] },
      policies: {
        overlap: ScheduleOverlapPolicy.SKIP,
        // A server that was away must not make up for missed passes, which it would for a year by default.
        catchupWindow: '1 minute',
      },
      action: {
        type: 'startWorkflow',
        workflowType: workflowTypes.reconcile,
        workflowId: reconcileScheduleId,
        taskQueue: taskQueues.keeper,
        workflowExecutionTimeout: '2 minutes',
        staticSummary: 'starts what should be running and is not',
      },
    });
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

/** Makes the schedule of `Reconcile` anew, whatever is there, and unpauses it thereby. */
export async function remakeReconcileSchedule(client: Client): Promise<void> {
  try {
    await bounded(patience, () => client.schedule.getHandle(reconcileScheduleId).delete());
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
  await bounded(patience, () => ensureReconcileSchedule(client));
}

/**
 * Looks at the schedule of `Reconcile`; null where there is none.
 *
 * @throws {LtdError} `unavailable` when Temporal does not answer in time.
 */
export async function inspectReconcileSchedule(client: Client): Promise<ReconcileScheduleFacts | null> {
  try {
    const { state, spec, action, info } = await bounded(patience, () =>
      client.schedule.getHandle(reconcileScheduleId).describe(),
    );
    const last = info.recentActions.at(-1);
    const [interval, ...others] = spec.intervals ?? [];
    return {
      paused: state.paused,
      note: state.note ?? null,
      isAsMade:
        interval?.every === reconcileInterval &&
        others.length === 0 &&
        action.workflowType === workflowTypes.reconcile &&
        action.taskQueue === taskQueues.keeper,
      lastPassAt: last?.takenAt ?? null,
      lastPassStatus: last === undefined ? null : await statusOf(client, last.action.workflow),
      createdAt: info.createdAt,
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

interface Pass {
  readonly workflowId: string;
  readonly firstExecutionRunId: string;
}

async function statusOf(client: Client, { workflowId, firstExecutionRunId }: Pass): Promise<string | null> {
  const handle = client.workflow.getHandle(workflowId, firstExecutionRunId);
  return bounded(patience, () => handle.describe()).then(
    ({ status }) => status.name,
    () => null,
  );
}
