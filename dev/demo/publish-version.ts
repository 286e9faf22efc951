import type { KeeperClient } from '../client/keeper-client.js';
import { directoriesOf, type SiteFile } from '../client/site-file.js';
import { uploadSite } from '../client/upload-site.js';
import { watchTask } from '../client/watch-task.js';
import type { Narrator } from './narrator.js';
import { describeFailure, describeOutcome, describeProgress } from './task-progress.js';

/** A version to be published. */
export interface VersionToPublish {
  readonly product: string;
  readonly gitRef: string;
  /** As people call it. */
  readonly version: string;
  readonly files: readonly SiteFile[];
}

/** Seconds between two looks at the task. */
const interval = 0.2;

/** Does what a CI job does: registers a build, uploads it by presigned forms, announces it, and follows its task. */
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
      `${files.length} files in ${directories.length} directories are uploaded to ${build.bucket_name}/${build.bucket_root_dir}`,
  });
  const queueUrl = await narrator.step({
    title: `announcing version ${version}`,
    work: () => client.announceBuild(build),
    describe: (url) => `PATCH uploaded is answered: the task is ${url}`,
  });
  await narrator.step({
    title: `publishing version ${version}`,
    work: async (show) => {
      const onLook = (task: Parameters<typeof describeProgress>[0]): void => {
        show(describeProgress(task));
      };
      const task = await watchTask(client, queueUrl, { interval, onLook });
      if (task.status !== 'SUCCESS') throw new Error(describeFailure(task));
      return task;
    },
    describe: (task) => `Version ${version} is published (${describeOutcome(task)})`,
  });
}
