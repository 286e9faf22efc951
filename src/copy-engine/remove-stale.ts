import { assertPrefixes, type CopyDeps, type PrefixPair } from './copy-job.js';
import { diffPrefixes, type Run, withRun } from './copy-run.js';
import { emptyBuild } from './count.js';
import { deletionsAtOnce, type RemovalControl, removePagesFirst } from './removal.js';

/**
 * Deletes what the edition's prefix holds and the build does not. Pages go before the rest, so that no page outlives
 * what it refers to. Run it only after `copyBuild` for the same job: then every address that is left is the build's.
 * May be repeated. Gives how many objects it deleted.
 *
 * @throws {KeeperError} `build_empty` when the build has no objects: an edition is never emptied because of it.
 */
export async function removeStale(deps: CopyDeps, job: PrefixPair, control: RemovalControl): Promise<number> {
  assertPrefixes(job);
  let removed = 0;
  await withRun(control, deletionsAtOnce, async (run) => {
    await assertNotEmpty(deps, job, run);
    await removePagesFirst(deps, run, {
      bucket: job.bucket,
      keys: () => staleKeys(deps, job, run),
      onRemoved: (objects) => {
        removed += objects;
        control.onRemoved?.(removed);
      },
    });
  });
  return removed;
}

async function* staleKeys(
  deps: CopyDeps,
  job: PrefixPair,
  run: Run,
): AsyncGenerator<string, void, undefined> {
  for await (const { key, source } of diffPrefixes(deps, job, { gate: run.readGate })) {
    if (source === undefined) yield job.destinationPrefix + key;
  }
}

async function assertNotEmpty({ store }: CopyDeps, job: PrefixPair, { readGate }: Run): Promise<void> {
  const build = { bucket: job.bucket, prefix: job.sourcePrefix };
  const { objects } = await store.listPage({ ...build, gate: readGate });
  if (objects.length === 0) throw emptyBuild(build);
}
