import { sameContent } from '../domain/copy-decision.js';
import type { ListedObject } from '../integrations/object-store/object-store.js';
import { assertPrefix } from './copy-job.js';
import { KnownEntries } from './known-entries.js';
import type { LearnControl, LearnDeps, LearnJob } from './learn-job.js';
import { listObjects } from './list.js';
import type { ManifestEntry } from './manifest.js';

/** Whether a listing shows just what is known of a build: then there is nothing to learn. Listings only. */
export async function isAsKnown(
  { store, manifests }: LearnDeps,
  { buildId, bucket, prefix }: Pick<LearnJob, 'buildId' | 'bucket' | 'prefix'>,
  { signal }: Pick<LearnControl, 'signal'>,
): Promise<boolean> {
  assertPrefix(prefix);
  const gate = (): void => {
    signal.throwIfAborted();
  };
  const known = new KnownEntries(manifests, buildId);
  try {
    for await (const page of listObjects(store, { bucket, prefix, gate })) {
      const last = page.at(-1);
      if (last === undefined) continue;
      const entries = await known.through(last.key);
      if (entries.size !== page.length) return false;
      if (!page.every((object) => knows(entries.get(object.key), object))) return false;
    }
    return await known.isAtEnd();
  } finally {
    await known.close();
  }
}

function knows(entry: ManifestEntry | undefined, object: ListedObject): boolean {
  return entry !== undefined && sameContent(object, entry);
}
