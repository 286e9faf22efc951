import type { Client } from '@temporalio/client';
import type { FailingStep, FinalRun } from '../final-state.js';

/**
 * What the server records as a failed workflow task, and is nobody's fault: a signal that came with the end, an operator's
 * reset or pause, a close by force. Numbers of `temporal.api.enums.v1.WorkflowTaskFailedCause`.
 */
const ordinary: ReadonlyMap<number, string> = new Map([
  [1, 'UNHANDLED_COMMAND'],
  [13, 'RESET_STICKY_TASK_QUEUE'],
  [17, 'FORCE_CLOSE_COMMAND'],
  [20, 'RESET_WORKFLOW'],
  [39, 'WORKFLOW_PAUSE_REQUESTED_BEFORE_TASK_STARTED'],
]);

/** Every run that the server knows, with what went wrong in its workflow tasks. */
export async function collectRuns(client: Client): Promise<readonly FinalRun[]> {
  const runs: FinalRun[] = [];
  for await (const { workflowId, runId, status, closeTime } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const taskFailures = (history.events ?? []).flatMap((event) => {
      const failed = event.workflowTaskFailedEventAttributes;
      if (failed === undefined || failed === null) return [];
      const cause = failed.cause ?? 0;
      return ordinary.has(cause) ? [] : [`cause ${cause}: ${failed.failure?.message ?? ''}`];
    });
    runs.push({
      workflowId,
      runId,
      status: status.name,
      taskFailures,
      closedAt: closeTime?.getTime() ?? null,
      failing: status.name === 'RUNNING' ? await failingSteps(client, { workflowId, runId }) : [],
    });
  }
  return runs;
}

async function failingSteps(
  client: Client,
  { workflowId, runId }: Pick<FinalRun, 'workflowId' | 'runId'>,
): Promise<readonly FailingStep[]> {
  const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
  return (raw.pendingActivities ?? []).flatMap(({ activityType, lastFailure, lastAttemptCompleteTime }) => {
    if (lastFailure === undefined || lastFailure === null) return [];
    const at = Number(lastAttemptCompleteTime?.seconds ?? 0) * 1_000;
    return [{ type: activityType?.name ?? '', at, message: lastFailure.message ?? '' }];
  });
}
