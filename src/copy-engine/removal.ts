import { isPage } from '../domain/copy-passes.js';
import { assertPrefix, assertPrefixes, type CopyDeps, emptyBuild, type WriteControl } from './copy-job.js';
import { type Run, withRun } from './copy-run.js';
import { removeDirectoryRedirect } from './directory-redirect.js';
import { listObjects } from './list.js';
import { extraKeys, type Survey, surveyDestination, type SurveyJob } from './survey.js';
import { verificationFailure, verifyCopy, verifyEmpty } from './verify.js';

/** How a removal is stopped and watched. */
export interface RemovalControl extends WriteControl {
  /** Told how many objects are removed so far, after each request. */
  onRemoved?(objects: number): void;
  /**
   * Called, and waited for, between the removal of pages and that of what they refer to, with how many pages were
   * removed: a cache may still have those pages.
   */
  beforeAssets?(pages: number): Promise<void>;
}

/**
 * Requests at a time: one is good for a thousand objects, and S3 counts each of those against the same budget as
 * copies.
 */
const deletionsAtOnce = 4;

/** AWS: the most keys that one request deletes. */
const maxKeys = 1_000;

/** What to remove. */
interface Removal {
  readonly bucket: string;
  /** The keys to delete, in full; asked for twice. */
  keys(): AsyncIterable<string> | Iterable<string>;
  readonly onRemoved: (objects: number) => void;
  readonly beforeAssets: RemovalControl['beforeAssets'];
}

/** Deletes the pages among the keys, then the rest, so that no page outlives what it refers to. */
async function removePagesFirst(deps: Pick<CopyDeps, 'store'>, run: Run, removal: Removal): Promise<void> {
  const { wanted: pages, others } = await removeWhere(deps, run, { ...removal, isWanted: isPage });
  if (others === 0) return;
  await removal.beforeAssets?.(pages);
  await removeWhere(deps, run, { ...removal, isWanted: (key) => !isPage(key) });
}

async function removeWhere(
  deps: Pick<CopyDeps, 'store'>,
  run: Run,
  removal: Removal & { readonly isWanted: (key: string) => boolean },
): Promise<{ readonly wanted: number; readonly others: number }> {
  let wanted = 0;
  let others = 0;
  let batch: string[] = [];
  for await (const key of removal.keys()) {
    if (!removal.isWanted(key)) {
      others += 1;
      continue;
    }
    wanted += 1;
    batch.push(key);
    if (batch.length < maxKeys) continue;
    await startDeletion(deps, run, removal, batch);
    batch = [];
  }
  if (batch.length > 0) await startDeletion(deps, run, removal, batch);
  await run.pool.drain();
  run.pool.assertOpen();
  return { wanted, others };
}

async function startDeletion(
  deps: Pick<CopyDeps, 'store'>,
  run: Run,
  removal: Removal,
  keys: readonly string[],
): Promise<void> {
  await run.pool.start(async () => {
    await deps.store.deleteMany({ bucket: removal.bucket, keys, gate: run.writeGate });
    removal.onRemoved(keys.length);
  });
}

/** The prefix of an edition that is no longer to be. */
export interface PrefixJob {
  readonly bucket: string;
  /** Ends in `/`: `v1/` leaves `v10/` alone. */
  readonly prefix: string;
  /** Whether the object at the prefix without its slash is a redirect of ours, to be removed too. */
  readonly directoryRedirects: boolean;
}

/**
 * Deletes everything under a prefix: the redirect to it first, then pages, then the rest, and looks that nothing is
 * left. May be repeated. Gives how many objects it deleted.
 *
 * @throws {LtdError} `verification_failed` when somebody else wrote there meanwhile.
 */
export async function removePrefix(
  deps: Pick<CopyDeps, 'store'>,
  job: PrefixJob,
  control: RemovalControl,
): Promise<number> {
  const { bucket, prefix } = job;
  assertPrefix(prefix);
  let removed = 0;
  const onRemoved = (objects: number): void => {
    removed += objects;
    control.onRemoved?.(removed);
  };
  await withRun(control, deletionsAtOnce, async (run) => {
    if (job.directoryRedirects) onRemoved(await removeDirectoryRedirect(deps, job, run));
    await removePagesFirst(deps, run, {
      bucket,
      keys: () => allKeys(deps, job, run),
      onRemoved,
      beforeAssets: control.beforeAssets?.bind(control),
    });
  });
  await verifyEmpty(deps, job, control);
  return removed;
}

async function* allKeys(
  deps: Pick<CopyDeps, 'store'>,
  job: PrefixJob,
  run: Run,
): AsyncGenerator<string, void, undefined> {
  const { bucket, prefix } = job;
  for await (const page of listObjects(deps.store, { bucket, prefix, gate: run.readGate })) {
    for (const { key } of page) yield prefix + key;
  }
}

/**
 * Deletes what the edition's prefix holds and the build does not, and sees that the prefix holds the build exactly.
 * Pages go before the rest, so that no page outlives what it refers to. Run it only after `copyBuild` for the same job:
 * then every address that is left is the build's. May be repeated. Gives how many objects it deleted.
 *
 * The listing that finds nothing to delete is the verification; where something was deleted, a second one is.
 *
 * @throws {LtdError} `verification_failed` when an object is missing or has other content: then nothing more is
 * deleted. `build_empty` when the build has no objects: an edition is never emptied because of it.
 */
export async function removeStale(deps: CopyDeps, job: SurveyJob, control: RemovalControl): Promise<number> {
  assertPrefixes(job);
  if (job.manifest.objects === 0) throw emptyBuild({ bucket: job.bucket, prefix: job.sourcePrefix });
  let removed = 0;
  await withRun(control, deletionsAtOnce, async (run) => {
    const survey = await surveyDestination(deps, job, run.readGate);
    if (survey.differences.length > 0) throw verificationFailure(job.destinationPrefix, survey.differences);
    if (survey.extra.length === 0) return;
    await removePagesFirst(deps, run, {
      bucket: job.bucket,
      keys: () => staleKeys(deps, job, { run, survey }),
      onRemoved: (objects) => {
        removed += objects;
        control.onRemoved?.(removed);
      },
      beforeAssets: control.beforeAssets?.bind(control),
    });
    await deps.etags.forget(survey.extra);
  });
  if (removed > 0) await verifyCopy(deps, job, control);
  return removed;
}

async function* staleKeys(
  deps: CopyDeps,
  job: SurveyJob,
  { run, survey }: { readonly run: Run; readonly survey: Survey },
): AsyncGenerator<string, void, undefined> {
  const keys = survey.isWhole ? survey.extra : extraKeys(deps, job, run.readGate);
  for await (const key of keys) yield job.destinationPrefix + key;
}
