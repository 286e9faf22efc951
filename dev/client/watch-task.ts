import { isFinal } from '../../src/domain/task-status.js';
import type { Task } from './answers.js';
import type { KeeperClient } from './keeper-client.js';

export interface WatchOptions {
  /** Called with the task after each request, its end included. */
  readonly onUpdate?: (task: Task) => void;
  /** Seconds that one request waits at most; the server answers at once when the task ends. At most 30. @default 30 */
  readonly interval?: number;
}

/** Follows a task to its end with few requests, because each waits at the server. */
export async function watchTask(
  client: Pick<KeeperClient, 'task'>,
  queueUrl: string,
  options: WatchOptions = {},
): Promise<Task> {
  const { onUpdate, interval = 30 } = options;
  for (let wait = 0; ; wait = interval) {
    const task = await client.task(queueUrl, wait);
    onUpdate?.(task);
    if (isFinal(task.status)) return task;
  }
}
