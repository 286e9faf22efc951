import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import { reconcileScheduleId, taskQueues, workflowTypes } from '../../workflows/contract.js';

/** What is new in the database is started by the request itself; this finds what was missed. */
const interval = '30s';

/**
 * Creates the schedule of `Reconcile` where it is missing, and answers whether it was. One that is there, perhaps paused
 * by an operator, is left as it is.
 */
export async function ensureReconcileSchedule(client: Client): Promise<boolean> {
  try {
    await client.schedule.create({
      scheduleId: reconcileScheduleId,
      spec: { intervals: [{ every: interval }] },
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
