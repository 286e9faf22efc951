import { isFinal } from '../../src/domain/task-status.js';
import type { Task } from './answers.js';
import type { KeeperClient } from './keeper-client.js';

/** How to watch. */
export interface WatchOptions {
  /** Told of the task whenever it was looked at, its end included. */
  readonly onLook?: (task: Task) => void;
  /** Seconds between two looks; the end of the task is heard of at once all the same. At most 30. @default 30 */
  readonly interval?: number;
}

/** Follows a task to its end, with no more requests than needed: each waits at the server. */
export async function watchTask(
  client: Pick<KeeperClient, 'task'>,
  queueUrl: string,
  options: WatchOptions = {},
): Promise<Task> {
  const { onLook, interval = 30 } = options;
  for (let wait = 0; ; wait = interval) {
    const task = await client.task(queueUrl, wait);
    onLook?.(task);
    if (isFinal(task.status)) return task;
  }
}
