import { assertPrefix, type CopyDeps } from './copy-job.js';
import { type Run, withRun } from './copy-run.js';
import { removeDirectoryRedirect } from './directory-redirect.js';
import { listObjects } from './list.js';
import { deletionsAtOnce, type RemovalControl, removePagesFirst } from './removal.js';
import { verifyEmpty } from './verify.js';

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
