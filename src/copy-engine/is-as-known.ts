import { assertPrefix } from './copy-job.js';
import { isKnown } from './is-known.js';
import { KnownEntries } from './known-entries.js';
import type { RecordingControl, RecordingDeps, RecordingJob } from './recording-job.js';
import { listObjects } from './list.js';

/** Whether a listing shows just what is known of a build: then there is nothing to learn. Listings only. */
export async function isAsKnown(
  { store, manifests }: RecordingDeps,
  { buildId, bucket, prefix }: Pick<RecordingJob, 'buildId' | 'bucket' | 'prefix'>,
  { signal }: Pick<RecordingControl, 'signal'>,
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
      if (!page.every((object) => isKnown(object, entries.get(object.key)))) return false;
    }
    return await known.isAtEnd();
  } finally {
    await known.close();
  }
}
