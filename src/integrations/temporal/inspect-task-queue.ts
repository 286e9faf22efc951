import { type Client, isGrpcServiceError } from '@temporalio/client';
import { bounded } from './bounded-calls.js';

/** The two halves of a task queue, as Temporal's API numbers them. */
const taskQueueTypes = { workflow: 1, activity: 2 } as const;

/** Which half of which task queue. */
export interface TaskQueueHalf {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly kind: keyof typeof taskQueueTypes;
}

/** A person waits for the answer. Milliseconds. */
const timeoutMs = 5_000;

/** A worker asks again at least every minute; the server names for longer those that are gone. Milliseconds. */
const maxPoll = 90_000;

/** What Temporal says of a task queue. */
interface TaskQueueFacts {
  /** The identities of the workers that poll it. */
  readonly pollers: readonly string[];
  /** Who set its rate to 0, and why, where somebody did: it hands out no task. */
  readonly hold: { readonly identity: string; readonly reason: string } | null;
}

/**
 * Looks at the workers of a task queue, and whether an operator holds it.
 *
 * @throws {LtdError} `unavailable` when Temporal does not answer in time.
 */
export async function inspectTaskQueue(client: Client, half: TaskQueueHalf): Promise<TaskQueueFacts> {
  const { namespace, taskQueue, kind } = half;
  const { pollers, config } = await bounded(timeoutMs, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      // The enum's own package is not one of ours.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
      taskQueueType: taskQueueTypes[kind],
      reportConfig: true,
    }),
  );
  const { rateLimit, metadata } = config?.queueRateLimit ?? {};
  const isHeld = rateLimit?.requestsPerSecond === 0;
  return {
    pollers: pollers
      .filter(({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < maxPoll)
      .map(({ identity }) => identity ?? 'unknown'),
    hold: isHeld ? { identity: metadata?.updateIdentity ?? '', reason: metadata?.reason ?? '' } : null,
  };
}

/** What the server says of itself and of a namespace. */
interface NamespaceFacts {
  readonly serverVersion: string;
  /** For how long a run that has ended can be looked at, in hours. */
  readonly retentionHours: number;
}

/** A person waits for the answer. Milliseconds. */

/** gRPC: NOT_FOUND. */
const notFound: ReadonlySet<number> = new Set([5]);

/**
 * Looks at the server and its namespace; null where it has no such namespace.
 *
 * @throws {LtdError} `unavailable` when Temporal does not answer in time; gRPC's own error when it refuses.
 */
export async function inspectNamespace(client: Client, namespace: string): Promise<NamespaceFacts | null> {
  const { workflowService } = client;
  const { serverVersion } = await bounded(timeoutMs, () => workflowService.getSystemInfo({}));
  try {
    const { config } = await bounded(timeoutMs, () => workflowService.describeNamespace({ namespace }));
    const seconds = Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0);
    return { serverVersion, retentionHours: seconds / 3_600 };
  } catch (error) {
    if (isGrpcServiceError(error) && notFound.has(error.code)) return null;
    throw error;
  }
}
