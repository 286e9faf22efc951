import { setTimeout as sleep } from 'node:timers/promises';
import type { RegisteredBuild } from '../dev/client/answers.js';
import type { KeeperClient } from '../dev/client/keeper-client.js';
import { type PageAddress, readPage } from '../dev/client/read-page.js';
import { watchTask } from '../dev/client/watch-task.js';

/** What one publication took, in milliseconds from the moment at which the PATCH was sent. */
export interface Publication {
  /** Until it was answered. */
  readonly patch: number;
  /** Until the root page, which comes last, was the new one at the edge; null where it does not change. */
  readonly visible: number | null;
  /** Until `queue_url` said SUCCESS. */
  readonly success: number;
}

/** What to announce, and where it shows. */
export interface PublicationToMeasure {
  readonly build: Pick<RegisteredBuild, 'self_url'>;
  readonly page: PageAddress;
  /** A text that the root page has once the build is published; null where it has it before. */
  readonly mark: string | null;
}

/**
 * Time between two looks at the edge, which is what `visible` is exact to: 1 % of the time so far, so that looking
 * takes little.
 */
const share = 0.01;

/** The shortest time between two looks. Milliseconds. */
const shortest = 5;

/**
 * Announces an uploaded build and takes the time.
 *
 * @throws {Error} when the task does not succeed.
 */
export async function measurePublication(
  client: KeeperClient,
  { build, page, mark }: PublicationToMeasure,
): Promise<Publication> {
  const start = performance.now();
  const since = (): number => performance.now() - start;
  const announced = client.announceBuild(build).then((queueUrl) => ({ queueUrl, patch: since() }));
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
