import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { LiveActivity, LiveRebuild, RebuildObserver } from '../../services/ports.js';
import {
  type CopyHeartbeat,
  type RebuildStatus,
  rebuildWorkflowId,
  statusQuery,
} from '../../workflows/contract.js';
import { bounded } from './bounded.js';

/** A status that takes longer is answered from the row. Milliseconds. */
const patience = 1_000;

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number];

/** Looks at runs through `describe`, which needs no worker, and the status query, which does. */
export function createRebuildObserver(client: Client): RebuildObserver {
  return {
    async observe(editionId) {
      const handle = client.workflow.getHandle(rebuildWorkflowId(editionId));
      const [description, status] = await Promise.all([
        bounded(patience, () => handle.describe()).catch(nullWhenUnknown),
        bounded(patience, () => handle.query<RebuildStatus>(statusQuery)).catch(() => null),
      ]);
      return isRunning(description) ? liveRebuild(description, status) : null;
    },
    async isOpen(editionId) {
      const handle = client.workflow.getHandle(rebuildWorkflowId(editionId));
      return isRunning(await bounded(patience, () => handle.describe()).catch(nullWhenUnknown));
    },
  };
}

function isRunning(
  description: WorkflowExecutionDescription | null,
): description is WorkflowExecutionDescription {
  return description?.status.name === 'RUNNING';
}

function nullWhenUnknown(error: unknown): null {
  if (error instanceof WorkflowNotFoundError) return null;
  throw error;
}

function liveRebuild(description: WorkflowExecutionDescription, status: RebuildStatus | null): LiveRebuild {
  const [pending] = description.raw.pendingActivities ?? [];
  const heartbeat = pending === undefined ? null : heartbeatOf(pending);
  return {
    status,
    counts: heartbeat?.counts ?? status?.counts ?? null,
    // An attempt that failed and waits for its next is not under way.
    live: pending?.nextAttemptScheduleTime ? null : (heartbeat?.live ?? null),
    planId: heartbeat?.planId ?? null,
    activity: pending === undefined ? null : liveActivity(pending),
  };
}

/** The copy's heartbeat; null for what other activities may say. */
function heartbeatOf(pending: PendingActivity): CopyHeartbeat | null {
  const [payload] = pending.heartbeatDetails?.payloads ?? [];
  if (payload === undefined) return null;
  const details = defaultPayloadConverter.fromPayload<Partial<CopyHeartbeat> | null>(payload);
  return details?.planId === undefined || details.counts === undefined ? null : (details as CopyHeartbeat); // just checked
}

function liveActivity(pending: PendingActivity): LiveActivity {
  const seconds = pending.nextAttemptScheduleTime?.seconds;
  return {
    type: pending.activityType?.name ?? 'unknown',
    attempt: pending.attempt ?? 1,
    lastError: pending.lastFailure?.message ?? null,
    nextRetryAt: seconds === undefined || seconds === null ? null : new Date(Number(seconds) * 1_000),
    paused: pending.paused ?? false,
  };
}
