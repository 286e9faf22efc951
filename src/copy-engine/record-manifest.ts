import { assertPrefix, emptyBuild } from './copy-job.js';
import { RecordingPass } from './recording-pass.js';
import type { RecordingControl, RecordingDeps, RecordingJob } from './recording-job.js';
import type { Manifest, ManifestEntry } from './manifest.js';

/**
 * Recording what a build holds and gives it in the order of the keys while it learns: objects far ahead of the reader
 * are being asked for, so that a copy can go on with the first while the last are still unknown. What is known of the
 * build with the same content is not asked for again. The end is the stored manifest; a reader who stops before leaves
 * none. An empty build leaves an empty manifest, which is not complete.
 *
 * @throws {LtdError} `build_empty` when a complete pass finds no objects, `source_changed` when one vanishes during a
 * complete pass (during another it is left out), and whatever the store could not do. No request is under way then.
 */
export async function* recordManifest(
  deps: RecordingDeps,
  job: RecordingJob,
  control: RecordingControl,
): AsyncGenerator<readonly ManifestEntry[], Manifest, undefined> {
  assertPrefix(job.prefix);
  // Before the listing begins, for a draft may be complete only if it was begun after the upload.
  const draft = await deps.manifests.begin(job.buildId, job.bucket);
  const pass = new RecordingPass(deps, job, control);
  let kept = Promise.resolve();
  try {
    for (let entries = await pass.take(); entries !== null; entries = await pass.take()) {
      await kept;
      // Whoever copies what is learnt does not wait until it is kept.
      kept = draft.append(entries);
      kept.catch(() => undefined); // thrown where the next part is waited for
      yield entries;
    }
    await kept;
    const manifest = await draft.finish({ complete: job.complete });
    if (job.complete && pass.counts.objects === 0) throw emptyBuild(job);
    return manifest;
  } finally {
    await Promise.allSettled([kept, pass.close()]);
    control.signal.throwIfAborted();
  }
}

/**
 * Recording a build for its own sake, and answers what is stored of it. @throws {LtdError} as {@link recordManifest}.
 */
export async function recordWhole(
  deps: RecordingDeps,
  job: RecordingJob,
  control: RecordingControl,
): Promise<Manifest> {
  const pass = recordManifest(deps, job, control);
  for (;;) {
    const step = await pass.next();
    if (step.done === true) return step.value;
  }
}
