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
const longestPoll = 90_000;

/**
 * The workers that poll a task queue, by their identities.
 *
 * @throws {KeeperError} `unavailable` when Temporal does not answer in time.
 */
export async function pollersOf(client: Client, half: TaskQueueHalf): Promise<readonly string[]> {
  const { namespace, taskQueue, kind } = half;
  const { pollers } = await bounded(patience, () =>
    client.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      // The enum's own package is not one of ours.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
      taskQueueType: taskQueueTypes[kind],
    }),
  );
  return pollers
    .filter(({ lastAccessTime }) => Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < longestPoll)
    .map(({ identity }) => identity ?? 'unknown');
}
