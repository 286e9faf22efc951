import { emptyBuild } from './empty-build.js';
import { assertPrefixes, type CopyDeps } from './copy-job.js';
import { type Run, withRun } from './copy-run.js';
import { deletionsAtOnce, type RemovalControl, removePagesFirst } from './removal.js';
import { extraKeys, type Survey, type SurveyJob, surveyDestination } from './survey.js';
import { verificationFailure, verifyCopy } from './verify.js';

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
