import type { CopyCounts } from '../domain/copy-counts.js';
import { isPage, rootPage } from '../domain/page-keys.js';
import type { ListedObject } from '../integrations/object-store/object-store.js';
import { type CopyPass, copyPasses } from './checkpoint.js';
import { assertPrefixes, type CopyControl, type CopyDeps, type CopyJob } from './copy-job.js';
import { copyObject } from './copy-object.js';
import { diffPrefixes, type Run, withRun } from './copy-run.js';
import { countBuild } from './count.js';
import type { DiffEntry } from './diff.js';
import { writeDirectoryRedirect } from './directory-redirect.js';
import { headHeaderSource } from './header-source.js';
import { type Planner, planObject, planUnlisted } from './plan.js';
import { CopyProgress, type Gain, noGain } from './progress.js';

/**
 * The most keys between the cursor and the newest key under way, so the most that is looked at again after a crash:
 * a page of a listing.
 */
const longestWindow = 1_000;

interface Context {
  readonly deps: CopyDeps;
  readonly job: CopyJob;
  readonly run: Run;
  readonly planner: Planner;
  readonly progress: CopyProgress;
}

/**
 * Brings every object of a build that is new, changed or wrongly labelled to the edition's prefix: first what pages
 * refer to, then pages, the root page last, then the redirect at the prefix without its slash. It never deletes, so
 * readers find every address that both builds have all the time. May be repeated at any time: what is right already
 * is left alone.
 *
 * @throws {KeeperError} `build_empty` when the build has no objects (nothing was written), `source_changed` when it
 * changes while it is copied, and whatever the store could not do. No request is under way any more when it throws.
 */
export async function copyBuild(deps: CopyDeps, job: CopyJob, control: CopyControl): Promise<CopyCounts> {
  assertPrefixes(job);
  const { bucket, sourcePrefix, destinationPrefix, surrogateKey } = job;
  const progress = new CopyProgress(control.checkpoint, control.onProgress);
  await withRun(control, job.concurrency, async (run) => {
    const gate = run.readGate;
    const planner = {
      source: headHeaderSource(deps.store, { bucket, prefix: sourcePrefix, gate }),
      destination: headHeaderSource(deps.store, { bucket, prefix: destinationPrefix, gate }),
      surrogateKey,
    };
    await runPasses({ deps, job, run, planner, progress });
  });
  return progress.counts;
}

async function runPasses(context: Context): Promise<void> {
  const { progress } = context;
  const first = copyPasses.indexOf(progress.checkpoint.pass);
  for (const pass of copyPasses.slice(first)) {
    if (pass !== progress.checkpoint.pass) progress.beginPass(pass);
    await runPass(context, pass);
  }
}

async function runPass(context: Context, pass: CopyPass): Promise<void> {
  switch (pass) {
    case 'assets':
      // The count goes beside the copy, which does not wait for it; its failure stops the copy as any other does.
      if (context.progress.counts.objects_total === 0)
        await context.run.pool.start(() => countTotal(context));
      await copyListed(context, (key) => !isPage(key));
      return;
    case 'pages':
      await copyListed(context, (key) => isPage(key) && key !== rootPage);
      return;
    case 'root':
      await copyRoot(context);
      return;
    default:
      pass satisfies never;
  }
}

async function countTotal({ deps, job, run, progress }: Context): Promise<void> {
  const build = { bucket: job.bucket, prefix: job.sourcePrefix, gate: run.readGate };
  const objects = await countBuild(deps, build, (soFar) => {
    progress.countTotal(soFar, false);
  });
  progress.countTotal(objects, true);
}

/** Goes through both listings from the cursor on and copies what is due among the keys that the pass is about. */
async function copyListed(context: Context, isInPass: (key: string) => boolean): Promise<void> {
  const { deps, job, run, progress } = context;
  const { cursor } = progress.checkpoint;
  for await (const entry of diffPrefixes(deps, job, { gate: run.readGate, after: cursor })) {
    if (entry.source === undefined) continue;
    const done = progress.begin(entry.key);
    if (isInPass(entry.key)) await startCopy(context, entry, done);
    else done(noGain);
    while (progress.openKeys >= longestWindow) await run.pool.nextSettled();
  }
  await run.pool.drain();
  run.pool.assertOpen();
}

async function startCopy(
  context: Context,
  entry: DiffEntry & { readonly source: ListedObject },
  done: (gain: Gain) => void,
): Promise<void> {
  await context.run.pool.start(async () => {
    done(await copyObject(context, { key: entry.key, plan: () => planObject(context.planner, entry) }));
  });
}

async function copyRoot(context: Context): Promise<void> {
  const { deps, job, run, planner, progress } = context;
  // A resumed copy can have done it already, and would count it twice.
  if (progress.checkpoint.cursor !== rootPage) {
    const done = progress.begin(rootPage);
    done(await copyObject(context, { key: rootPage, plan: () => planUnlisted(planner, rootPage) }));
  }
  if (job.directoryRedirects) {
    await writeDirectoryRedirect(deps, { ...job, prefix: job.destinationPrefix }, run);
  }
}
