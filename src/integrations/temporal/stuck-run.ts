import { type Client, isGrpcServiceError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { LtdError } from '../../domain/errors.js';
import type { RunState } from '../../services/ports.js';

/** So many times in a row a task of the run must have failed or timed out; a release that is rolled back takes less. */
const attempts = 4;

/** The newest events that are looked at: failures with signals between them each leave two or three. */
const newest = 30;

/** The newest run of a workflow. */
interface NewestRun {
  readonly state: RunState;
  readonly runId: string;
}

/** gRPC's NOT_FOUND. */
const notFound = 5;

/** Temporal's WORKFLOW_EXECUTION_STATUS_RUNNING and ..._PAUSED. */
export const [running, paused] = [1, 8] as const;

/** What Temporal says of a run, with payloads as they are stored. */
export type RunDescription = temporal.api.workflowservice.v1.IDescribeWorkflowExecutionResponse;

/**
 * Describes a run of a workflow, the newest unless one is named; null where Temporal knows none. It decodes no payload,
 * so a memo that this process cannot decrypt hides no run.
 */
export async function describeRun(
  client: Client,
  execution: temporal.api.common.v1.IWorkflowExecution,
): Promise<RunDescription | null> {
  const { namespace } = client.options;
  return client.workflowService.describeWorkflowExecution({ namespace, execution }).catch((error: unknown) => {
    if (isGrpcServiceError(error) && (error.code as number) === notFound) return null;
    throw error;
  });
}

/** The newest run of a workflow, and whether it can go on. */
export async function newestRun(client: Client, workflowId: string): Promise<NewestRun> {
  const described = await describeRun(client, { workflowId });
  const runId = described?.workflowExecutionInfo?.execution?.runId ?? '';
  const status = Number(described?.workflowExecutionInfo?.status);
  // A paused run cannot go on either, but an operator wants that: nothing takes its place.
  if (status !== running) return { state: status === paused ? 'open' : 'closed', runId };
  const run = { workflowId, runId, task: described?.pendingWorkflowTask };
  return { state: (await isStuck(client, run)) ? 'stuck' : 'open', runId };
}

interface OpenRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly task: temporal.api.workflow.v1.IPendingWorkflowTaskInfo | null | undefined;
}

/**
 * Whether a run's own code can no longer go on: its workflow task failed again and again, with nothing done in between.
 * A history that this release cannot replay is the cause; Temporal itself makes one where a run is paused before a
 * worker took its task (server 1.31, SDK 1.24).
 */
async function isStuck(client: Client, { workflowId, runId, task }: OpenRun): Promise<boolean> {
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

/**
 * A value of the server's raw answers, which the client leaves encoded; undefined where there is none, and where it
 * cannot be decoded, as after the removal of an encryption key.
 */
export async function decodedValue(client: Client, payload: Payload | null | undefined): Promise<unknown> {
  return decode(client, payload).catch(() => undefined);
}

async function decode(client: Client, payload: Payload | null | undefined): Promise<unknown> {
  if (payload === null || payload === undefined) return undefined;
  const { payloadCodecs, payloadConverter } = client.options.loadedDataConverter;
  let encoded = [payload];
  for (const codec of payloadCodecs.toReversed()) encoded = await codec.decode(encoded);
  const [decoded] = encoded;
  return decoded === undefined ? undefined : payloadConverter.fromPayload(decoded);
}

/** What a failure says. Where payloads are encrypted its message is one of them; without its key, names the key. */
export async function decodedMessage(
  client: Client,
  failure: temporal.api.failure.v1.IFailure | null | undefined,
): Promise<string | null> {
  const attributes = await decode(client, failure?.encodedAttributes).catch((error: unknown) => error);
  if (attributes instanceof Error && !(attributes instanceof LtdError)) return failure?.message ?? null;
  if (typeof attributes === 'object' && attributes !== null && 'message' in attributes)
    return String(attributes.message);
  return failure?.message ?? null;
}
