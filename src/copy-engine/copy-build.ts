import type { CopyCounts } from '../domain/copy-counts.js';
import { type CopyPass, copyPasses, copyPassOf } from '../domain/copy-passes.js';
import { allOf } from './all-of.js';
import { learntManifest } from './build-source.js';
import { EtagRecorder } from './copied-etags.js';
import {
  assertPrefixes,
  type CopyControl,
  type CopyDeps,
  type CopyJob,
  defaultMostNoted,
} from './copy-job.js';
import { ObjectCopier } from './copy-object.js';
import { type Run, withRun } from './copy-run.js';
import { hasDirectoryRedirect, type RedirectTarget, writeDirectoryRedirect } from './directory-redirect.js';
import { DueObjects } from './due-objects.js';
import { emptyBuild } from './empty-build.js';
import type { Manifest } from './manifest.js';
import type { CopyProgress } from './progress.js';
import { scanBuild, type ScanVisitor } from './scan.js';
import { surveyDestination } from './survey.js';
import { verificationFailure } from './verify.js';

/**
 * The most copies between the cursor and the newest under way, so the most that is done again after a crash: a page of
 * a listing.
 */
const longestWindow = 1_000;

/** What a copy has done. */
export interface CopyOutcome {
  readonly counts: CopyCounts;
  /**
   * Whether a listing has shown, after the last write, that the destination holds the build and nothing else. False where
   * something is to be removed, and where that is not known.
   */
  readonly isExact: boolean;
}

/** What a listing of the whole destination showed. */
interface Sight {
  /** Objects to be copied. */
  due: boolean;
  /** Objects that the build does not have. */
  extra: boolean;
}

interface Context {
  readonly deps: CopyDeps;
  readonly job: CopyJob;
  readonly control: CopyControl;
  readonly run: Run;
  readonly progress: CopyProgress;
  readonly copier: ObjectCopier;
  readonly etags: EtagRecorder;
  /** Null while the build is still to be learnt. */
  manifest: Manifest | null;
  /** By the pass that has to deal with them. Empty until a scan from the first key on has ended. */
  noted: ReadonlyMap<CopyPass, DueObjects>;
  /** Null until a scan from the first key on has ended. */
  sight: Sight | null;
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
 * Where that listing showed nothing that would have to be removed, it proves the whole if nothing was to be copied; else
 * another listing does, at the end. (A copy that only went on from a cursor has not seen all, and proves nothing.)
 *
 * @throws {KeeperError} `build_empty` when the build has no objects (nothing was written), `source_changed` when one of
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
async function runPasses(context: Context): Promise<boolean> {
  const { deps, job, run } = context;
  const redirect = { ...job, prefix: job.destinationPrefix };
  // Asked at once, so that the answer is there when it is needed.
  const isRedirected = isRedirectRight(context, redirect);
  isRedirected.catch(() => undefined); // whoever waits for it is told
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

async function runEachPass(context: Context): Promise<void> {
  const { run, progress } = context;
  if (context.manifest !== null) countTotal(context, context.manifest);
  for (const pass of copyPasses.slice(copyPasses.indexOf(progress.pass))) {
    if (pass !== progress.pass) progress.beginPass(pass);
    await runPass(context, pass);
    await run.pool.drain();
    run.pool.assertOpen();
  }
}

/** @throws {KeeperError} `verification_failed` where what was copied is not there. */
async function proveExact({ deps, job, run, etags, manifest, sight }: Context): Promise<boolean> {
  if (sight === null || sight.extra || manifest === null) return false;
  if (!sight.due) return true;
  // The survey compares with what the copies were answered.
  await etags.flush();
  const { differences, extra } = await surveyDestination(deps, { ...job, manifest }, run.readGate);
  if (differences.length > 0) throw verificationFailure(job.destinationPrefix, differences);
  return extra.length === 0;
}

/** Where nobody knows what wrote the redirect it is written again, whether it is there or not. */
async function isRedirectRight({ deps, job, run }: Context, redirect: RedirectTarget): Promise<boolean> {
  if (!job.directoryRedirects) return true;
  return (job.known?.isPublished ?? false) && (await hasDirectoryRedirect(deps, redirect, run));
}

async function runPass(context: Context, pass: CopyPass): Promise<void> {
  const { progress } = context;
  const noted = context.noted.get(pass);
  if (noted === undefined) {
    await scan(context, pass, progress.cursor);
    return;
  }
  await copyNoted(context, noted);
  if (noted.notedUpTo !== null) await scan(context, pass, noted.notedUpTo);
}

async function copyNoted({ progress, copier }: Context, noted: DueObjects): Promise<void> {
  for (const { entry, unchangedBefore } of noted.objects) {
    if (unchangedBefore > 0) progress.countUnchanged(unchangedBefore);
    const wait = copier.roomIn(longestWindow);
    if (wait !== undefined) await wait;
    copier.begin(entry);
  }
  if (noted.unchangedAfter > 0) progress.countUnchanged(noted.unchangedAfter);
}

/** Goes through the build from a key on: copies what is due of this pass, and notes what is of the later ones. */
async function scan(context: Context, pass: CopyPass, after: string | null): Promise<void> {
  const { deps, job, run, control, manifest } = context;
  const noted = after === null ? notesFor(pass, job.mostNoted) : new Map<CopyPass, DueObjects>();
  const sight: Sight = { due: false, extra: false };
  await scanBuild(
    { deps, job, run, signal: control.signal, manifest, after },
    visitorOf(context, pass, { noted, sight }),
  );
  if (context.manifest === null) {
    context.manifest = await learntManifest(job.build);
    countTotal(context, context.manifest);
  }
  if (after !== null) return;
  context.noted = noted;
  context.sight = sight;
}

function visitorOf(
  { control, progress, copier }: Context,
  pass: CopyPass,
  { noted, sight }: { readonly noted: ReadonlyMap<CopyPass, DueObjects>; readonly sight: Sight },
): ScanVisitor {
  let objects = 0;
  let bytes = 0;
  return {
    onLearnt: (entries) => {
      objects += entries.length;
      for (const { size } of entries) bytes += size;
      progress.countTotal(objects, bytes);
    },
    onEmptyDestination: async () => {
      await control.onEmptyDestination?.();
    },
    onRight: (entry) => {
      const of = copyPassOf(entry);
      noted.get(of)?.noteUnchanged();
      progress.goPast(entry.key, of === pass ? 1 : 0);
    },
    onExtra: () => {
      sight.extra = true;
    },
    onDue: (entry) => {
      sight.due = true;
      const of = copyPassOf(entry);
      if (of !== pass) {
        noted.get(of)?.noteDue(entry);
        progress.goPast(entry.key, 0);
        return undefined;
      }
      const wait = copier.roomIn(longestWindow);
      if (wait === undefined) {
        copier.begin(entry);
        return undefined;
      }
      return wait.then(() => {
        copier.begin(entry);
      });
    },
  };
}

function notesFor(pass: CopyPass, mostNoted = defaultMostNoted): ReadonlyMap<CopyPass, DueObjects> {
  const later = copyPasses.slice(copyPasses.indexOf(pass) + 1);
  return new Map(later.map((each) => [each, new DueObjects(mostNoted)]));
}

function countTotal({ job, progress }: Context, { objects, bytes }: Manifest): void {
  if (objects === 0) throw emptyBuild({ bucket: job.bucket, prefix: job.sourcePrefix });
  progress.countTotal(objects, bytes);
}
