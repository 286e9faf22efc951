import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import type { LiveActivity, LiveRebuild, RebuildObserver } from '../../services/ports.js';
import { type CopyHeartbeat, type RebuildStatus, rebuildWorkflowId, statusQuery } from '../../workflows/contract.js';
import { bounded } from './bounded-calls.js';
import {
  decodedMessage,
  decodedValue,
  describeRun,
  newestRun,
  paused,
  type RunDescription,
  running,
} from './stuck-run.js';
import { pauseOf } from './pauses.js';

/** A status that takes longer is answered from the row. Milliseconds. */
const patience = 1_000;

type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;

/** Looks at runs through `describe`, which needs no worker, and the status query, which does. */
export function createRebuildObserver(client: Client): RebuildObserver {
  return {
    async observe(editionId) {
      const workflowId = rebuildWorkflowId(editionId);
      const handle = client.workflow.getHandle(workflowId);
      const [description, status] = await Promise.all([
        bounded(patience, () => describeRun(client, { workflowId })),
        bounded(patience, () => handle.query<RebuildStatus>(statusQuery)).catch(() => null),
      ]);
      return isOpen(description) ? liveRebuild(client, { description, status }) : null;
    },
    async stateOf(editionId) {
      return (await bounded(patience, () => newestRun(client, rebuildWorkflowId(editionId)))).state;
    },
  };
}

function isOpen(description: RunDescription | null): description is RunDescription {
  return [running, paused].some((status) => status === Number(description?.workflowExecutionInfo?.status));
}

async function liveRebuild(
  client: Client,
  { description, status }: { description: RunDescription; status: RebuildStatus | null },
): Promise<LiveRebuild> {
  const [pending] = description.pendingActivities ?? [];
  const heartbeat = pending === undefined ? null : await heartbeatOf(client, pending);
  const pause = await bounded(patience, () => pauseOf(client, description));
  return {
    status,
    pause,
    counts: heartbeat?.counts ?? status?.counts ?? null,
    // An attempt that failed and waits for its next, or is paused, is not under way.
    live: pending?.nextAttemptScheduleTime || pause !== null ? null : (heartbeat?.live ?? null),
    planId: heartbeat?.planId ?? null,
    activity: pending === undefined ? null : await liveActivity(client, pending),
  };
}

/** The copy's heartbeat; null for what other activities may say. */
async function heartbeatOf(client: Client, pending: PendingActivity): Promise<CopyHeartbeat | null> {
  const [payload] = pending.heartbeatDetails?.payloads ?? [];
  // An attempt may have sent anything; the next line checks the required fields.
  const details = (await decodedValue(client, payload)) as Partial<CopyHeartbeat> | null | undefined;
  return details?.planId === undefined || details.counts === undefined ? null : (details as CopyHeartbeat);
}

async function liveActivity(client: Client, pending: PendingActivity): Promise<LiveActivity> {
  const seconds = pending.paused === true ? null : pending.nextAttemptScheduleTime?.seconds;
  return {
    type: pending.activityType?.name ?? 'unknown',
    attempt: pending.attempt ?? 1,
    lastError: await decodedMessage(client, pending.lastFailure),
    nextRetryAt: seconds === undefined || seconds === null ? null : new Date(Number(seconds) * 1_000),
  };
}
