import type { Client, WorkflowExecutionDescription } from '@temporalio/client';

/** So many times in a row a task of the run must have failed or timed out; a release that is rolled back takes less. */
const attempts = 4;

/** The newest events that are looked at: failures with signals between them each leave two or three. */
const newest = 30;

/**
 * Whether a run's own code can no longer go on: its workflow task failed again and again, with nothing done in between.
 * A history that this release cannot replay is the cause; Temporal itself makes one where a run is paused before a
 * worker took its task (server 1.31, SDK 1.24).
 */
export async function isStuck(
  client: Client,
  { workflowId, runId, raw }: Pick<WorkflowExecutionDescription, 'workflowId' | 'runId' | 'raw'>,
): Promise<boolean> {
  const task = raw.pendingWorkflowTask;
  if (task === undefined || task === null) return false;
  if ((task.attempt ?? 1) >= attempts) return true;
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: newest,
  });
  const events = history?.events ?? [];
  const done = events.findIndex(({ workflowTaskCompletedEventAttributes: completed }) => completed);
  const failures = events
    .slice(0, done < 0 ? events.length : done)
    .filter(({ workflowTaskFailedEventAttributes: failed }) => failed);
  return failures.length >= attempts;
}
