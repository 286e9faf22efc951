import { isPage } from '../domain/page-keys.js';
import type { CopyDeps, WriteControl } from './copy-job.js';
import type { Run } from './copy-run.js';

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
export const deletionsAtOnce = 4;

/** AWS: the most keys that one request deletes. */
const maxKeys = 1_000;

/** What to remove. */
export interface Removal {
  readonly bucket: string;
  /** The keys to delete, in full; asked for twice. */
  keys(): AsyncIterable<string> | Iterable<string>;
  readonly onRemoved: (objects: number) => void;
  readonly beforeAssets: RemovalControl['beforeAssets'];
}

/** Deletes the pages among the keys, then the rest, so that no page outlives what it refers to. */
export async function removePagesFirst(
  deps: Pick<CopyDeps, 'store'>,
  run: Run,
  removal: Removal,
): Promise<void> {
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
