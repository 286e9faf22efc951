import type { KeeperClient } from '../client/keeper-client.js';
import { directoriesOf, type SiteFile } from '../client/site-file.js';
import { uploadSite } from '../client/upload-site.js';
import { watchTask } from '../client/watch-task.js';
import type { Narrator } from './narrator.js';
import { describeFailure, describeOutcome, describeProgress } from './task-progress.js';

/** A version to publish. */
export interface VersionToPublish {
  readonly product: string;
  readonly gitRef: string;
  /** The name for people. */
  readonly version: string;
  readonly files: readonly SiteFile[];
}

/** Seconds that one request for the task waits. */
const interval = 0.2;

/**
 * Publishes a version like a CI job: registers a build, uploads it by presigned forms, completes its upload, and
 * follows its task.
 */
export async function publishVersion(
  client: KeeperClient,
  narrator: Narrator,
  { product, gitRef, version, files }: VersionToPublish,
): Promise<void> {
  const directories = directoriesOf(files);
  const build = await narrator.step({
    title: `registering version ${version} as a build`,
    work: () => client.registerBuild(product, { gitRefs: [gitRef], directories }),
    describe: ({ self_url: url }) => `Version ${version} is registered as ${url}, git ref ${gitRef}`,
  });
  await narrator.step({
    title: `uploading version ${version}`,
    work: (show) =>
      uploadSite(build, files, {
        onProgress: (done, total) => {
          show(`uploading: ${done} of ${total} files`);
        },
      }),
    describe: () =>
      `${files.length} files in ${directories.length} directories are uploaded to ` +
      `${build.bucket_name}/${build.bucket_root_dir}`,
  });
  const queueUrl = await narrator.step({
    title: `announcing version ${version}`,
    work: () => client.completeUpload(build),
    describe: (url) => `PATCH uploaded is answered: the task is ${url}`,
  });
  await narrator.step({
    title: `publishing version ${version}`,
    work: async (show) => {
      const onUpdate = (task: Parameters<typeof describeProgress>[0]): void => {
        show(describeProgress(task));
      };
      const task = await watchTask(client, queueUrl, { interval, onUpdate });
      if (task.status !== 'SUCCESS') throw new Error(describeFailure(task));
      return task;
    },
    describe: (task) => `Version ${version} is published (${describeOutcome(task)})`,
  });
}
