import { setTimeout as sleep } from 'node:timers/promises';
import type { RegisteredBuild } from '../dev/client/answers.js';
import type { KeeperClient } from '../dev/client/keeper-client.js';
import { type PageAddress, readPage } from '../dev/client/read-page.js';
import { watchTask } from '../dev/client/watch-task.js';

/** The times of one publication, in milliseconds since the PATCH was sent. */
export interface Publication {
  /** Time until its answer. */
  readonly patch: number;
  /** Time until the edge shows the new root page, which comes last; null if the page is unchanged. */
  readonly visible: number | null;
  /** Time until `queue_url` returns SUCCESS. */
  readonly success: number;
}

/** An uploaded build and its page at the edge. */
export interface PublicationToMeasure {
  readonly build: Pick<RegisteredBuild, 'self_url'>;
  readonly page: PageAddress;
  /** A text that the root page has after the publication only; null if the page is unchanged. */
  readonly mark: string | null;
}

/** The pause between two reads as a share of the time so far, which bounds the error of `visible`. */
const share = 0.01;

/** The shortest pause between two reads. Milliseconds. */
const shortest = 5;

/** Completes the upload of a build and measures its publication. @throws {Error} when the task does not succeed. */
export async function measurePublication(
  client: KeeperClient,
  { build, page, mark }: PublicationToMeasure,
): Promise<Publication> {
  const start = performance.now();
  const since = (): number => performance.now() - start;
  const announced = client.completeUpload(build).then((queueUrl) => ({ queueUrl, patch: since() }));
  const succeeded = announced.then(async ({ queueUrl }) => {
    const task = await watchTask(client, queueUrl);
    if (task.status !== 'SUCCESS') throw new Error(`${queueUrl} ended as ${task.status}`);
    return since();
  });
  const isVisible = async (): Promise<number | null> => {
    if (mark === null) return null;
    while (!(await readPage(page)).text.includes(mark)) {
      const pause = sleep(Math.max(shortest, share * since()));
      await Promise.race([pause, succeeded.then(() => pause)]); // a failure ends the looking, too
    }
    return since();
  };
  const [{ patch }, success, visible] = await Promise.all([announced, succeeded, isVisible()]);
  return { patch, success, visible };
}
