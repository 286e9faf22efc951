import type { CopyCounts } from '../domain/copy-counts.js';
import { copyPasses } from '../domain/copy-passes.js';
import { allOf } from './diff.js';
import { EtagRecorder } from './copied-etags.js';
import { assertPrefixes, type CopyControl, type CopyDeps, type CopyJob } from './copy-job.js';
import { ObjectCopier } from './copy-object.js';
import { type CopyContext, countTotal, runPass } from './copy-pass.js';
import { withRun } from './copy-run.js';
import { hasDirectoryRedirect, type RedirectTarget, writeDirectoryRedirect } from './directory-redirect.js';
import { surveyDestination } from './survey.js';
import { verificationFailure } from './verify.js';

/** What a copy has done. */
export interface CopyOutcome {
  readonly counts: CopyCounts;
  /**
   * Whether a listing has shown, after the last write, that the destination holds the build and nothing else. False
   * where something is to be removed, and where that is not known.
   */
  readonly isExact: boolean;
}

/**
 * Brings every object of a build that is new, changed or wrongly labelled to the edition's prefix: first what pages
 * refer to, then pages, what redirects to them, the root page last, then the redirect at the prefix without its slash.
 * It never deletes, so readers find every address that both builds have all the time. May be repeated at any time: what
 * is right already is left alone.
 *
 * The destination is listed once: what the first pass finds to do for the later ones is noted. A build that is still to
 * be learnt is copied while it is learnt.
 *
 * Where that listing showed nothing that would have to be removed, it proves the whole if nothing was to be copied;
 * else another listing does, at the end. (A copy that only went on from a cursor has not seen all, and proves nothing.)
 *
 * @throws {LtdError} `build_empty` when the build has no objects (nothing was written), `source_changed` when one of
 * them is no longer as its manifest says, `verification_failed` when the last listing shows that one is missing or has
 * other content, and whatever the store could not do. No request is under way any more when it throws.
 */
export async function copyBuild(deps: CopyDeps, job: CopyJob, control: CopyControl): Promise<CopyOutcome> {
  assertPrefixes(job);
  const { progress } = control;
  const etags = new EtagRecorder(deps.etags);
  try {
    const isExact = await withRun(control, job.concurrency, async (run) => {
      const copier = new ObjectCopier({ store: deps.store, job, run, progress, etags });
      const manifest = await job.build.findManifest();
      const context = { deps, job, control, run, progress, copier, etags, manifest };
      return await runPasses({ ...context, noted: new Map(), sight: null });
    });
    return { counts: progress.counts, isExact };
  } finally {
    // Also what a copy that failed was answered: the next one need not copy that again.
    await etags.flush();
  }
}

/** Answers whether the destination was seen to hold the build exactly. */
async function runPasses(context: CopyContext): Promise<boolean> {
  const { deps, job, run } = context;
  const redirect = { ...job, prefix: job.destinationPrefix };
  // Asked at once, so that the answer is there when it is needed.
  const isRedirected = isRedirectRight(context, redirect);
  isRedirected.catch(() => undefined); // the await below throws it
  try {
    await runEachPass(context);
    const isProven = proveExact(context);
    await allOf([
      isProven,
      isRedirected.then(async (is) => (is ? undefined : writeDirectoryRedirect(deps, redirect, run))),
    ]);
    return await isProven;
  } finally {
    // Nothing may be under way when a pass fails.
    await Promise.allSettled([isRedirected]);
  }
}

async function runEachPass(context: CopyContext): Promise<void> {
  const { run, progress } = context;
  if (context.manifest !== null) countTotal(context, context.manifest);
  for (const pass of copyPasses.slice(copyPasses.indexOf(progress.pass))) {
    if (pass !== progress.pass) progress.beginPass(pass);
    await runPass(context, pass);
    await run.pool.drain();
    run.pool.assertOpen();
  }
}

/** @throws {LtdError} `verification_failed` where what was copied is not there. */
async function proveExact({ deps, job, run, etags, manifest, sight }: CopyContext): Promise<boolean> {
  if (sight === null || sight.extra || manifest === null) return false;
  if (!sight.due) return true;
  // The survey compares with what the copies were answered.
  await etags.flush();
  const { differences, extra } = await surveyDestination(deps, { ...job, manifest }, run.readGate);
  if (differences.length > 0) throw verificationFailure(job.destinationPrefix, differences);
  return extra.length === 0;
}

/** Where nobody knows what wrote the redirect it is written again, whether it is there or not. */
async function isRedirectRight({ deps, job, run }: CopyContext, redirect: RedirectTarget): Promise<boolean> {
  if (!job.directoryRedirects) return true;
  return (job.known?.isPublished ?? false) && (await hasDirectoryRedirect(deps, redirect, run));
}
