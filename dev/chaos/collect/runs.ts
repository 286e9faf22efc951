import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { type FailingStep, type FinalRun, openStatuses } from '../final-state.js';

/**
 * Causes of failed workflow tasks that are no fault of the code: a signal that came with the end, an operator's
 * reset or pause, a close by force. Numbers of `temporal.api.enums.v1.WorkflowTaskFailedCause`.
 */
const ordinary: ReadonlyMap<number, string> = new Map([
  [1, 'UNHANDLED_COMMAND'],
  [13, 'RESET_STICKY_TASK_QUEUE'],
  [17, 'FORCE_CLOSE_COMMAND'],
  [20, 'RESET_WORKFLOW'],
  [39, 'WORKFLOW_PAUSE_REQUESTED_BEFORE_TASK_STARTED'],
]);

/** Every run that the server knows, with what went wrong in its workflow tasks and at its end. */
export async function collectRuns(client: Client): Promise<readonly FinalRun[]> {
  const runs: FinalRun[] = [];
  for await (const { workflowId, runId, status, closeTime } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId);
    const events = (await handle.fetchHistory()).events ?? [];
    const failure = events.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
    runs.push({
      workflowId,
      runId,
      status: status.name,
      taskFailures: taskFailuresOf(events),
      failedAt: isFailure(failure) && !ranOutOfTime(failure) ? (closeTime?.getTime() ?? null) : null,
      failing: openStatuses.includes(status.name) ? failingSteps(await handle.describe()) : [],
    });
  }
  return runs;
}

type HistoryEvents = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;

function taskFailuresOf(events: HistoryEvents): readonly string[] {
  return events.flatMap(({ workflowTaskFailedEventAttributes: failed }) => {
    if (failed === undefined || failed === null) return [];
    const cause = failed.cause ?? 0;
    return ordinary.has(cause) ? [] : [`cause ${cause}: ${failed.failure?.message ?? ''}`];
  });
}

function failingSteps({ raw }: WorkflowExecutionDescription): readonly FailingStep[] {
  return (raw.pendingActivities ?? []).flatMap(({ activityType, lastFailure, lastAttemptCompleteTime }) => {
    if (!isFailure(lastFailure) || ranOutOfTime(lastFailure)) return [];
    const at = Number(lastAttemptCompleteTime?.seconds ?? 0) * 1_000;
    return [{ type: activityType?.name ?? '', at, message: lastFailure.message ?? '' }];
  });
}

/** What is read of a failure as the server keeps it. */
interface Failure {
  readonly message?: string | null;
  readonly cause?: Failure | null;
  readonly timeoutFailureInfo?: object | null;
}

function isFailure(failure: Failure | null | undefined): failure is Failure {
  return failure !== null && failure !== undefined;
}

/** Whether it says, or was caused by, that somebody did not answer in time: a worker that was killed. */
function ranOutOfTime({ cause, timeoutFailureInfo }: Failure): boolean {
  const isOwn = timeoutFailureInfo !== null && timeoutFailureInfo !== undefined;
  return isOwn || (isFailure(cause) && ranOutOfTime(cause));
}
