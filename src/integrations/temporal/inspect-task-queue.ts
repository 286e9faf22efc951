import type { Client } from '@temporalio/client';
import { bounded } from './bounded.js';

/** The two halves of a task queue, as Temporal's API numbers them. */
const taskQueueTypes = { workflow: 1, activity: 2 } as const;

/** Which half of which task queue. */
export interface TaskQueueHalf {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly kind: keyof typeof taskQueueTypes;
}

/** A person waits for the answer. Milliseconds. */
const patience = 5_000;

/** A worker asks again at least every minute; the server names for longer those that are gone. Milliseconds. */
const maxPoll = 90_000;

/** What Temporal says of a task queue. */
export interface TaskQueueFacts {
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
  const { pollers, config } = await bounded(patience, () =>
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
