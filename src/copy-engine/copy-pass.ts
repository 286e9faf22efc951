import { type CopyPass, copyPasses, copyPassOf } from '../domain/copy-passes.js';
import {
  type CopyControl,
  type CopyDeps,
  type CopyJob,
  defaultMostNoted,
  emptyBuild,
  recordedManifest,
} from './copy-job.js';
import type { EtagRecorder } from './copied-etags.js';
import type { ObjectCopier } from './copy-object.js';
import type { Run } from './copy-run.js';
import { DueObjects } from './due-objects.js';
import type { Manifest } from './manifest.js';
import type { CopyProgress } from './progress.js';
import { scanBuild, type ScanVisitor } from './scan.js';

/**
 * The most copies between the cursor and the newest under way, so the most that is done again after a crash: a page of
 * a listing.
 */
const maxWindow = 1_000;

/** What a listing of the whole destination showed. */
export interface Sight {
  /** Objects to be copied. */
  due: boolean;
  /** Objects that the build does not have. */
  extra: boolean;
}

/** What all passes of a copy share. */
export interface CopyContext {
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
 * Copies what is due of one pass: what a scan before has noted for it, else what this scan finds; the scan notes what
 * is due of the later ones.
 *
 * @throws {LtdError} as `copyBuild`. Copies may still be under way when it resolves.
 */
export async function runPass(context: CopyContext, pass: CopyPass): Promise<void> {
  const { progress } = context;
  const noted = context.noted.get(pass);
  if (noted === undefined) {
    await scan(context, pass, progress.cursor);
    return;
  }
  await copyNoted(context, noted);
  if (noted.notedUpTo !== null) await scan(context, pass, noted.notedUpTo);
}

async function copyNoted({ progress, copier }: CopyContext, noted: DueObjects): Promise<void> {
  for (const { entry, unchangedBefore } of noted.objects) {
    if (unchangedBefore > 0) progress.countUnchanged(unchangedBefore);
    const wait = copier.roomIn(maxWindow);
    if (wait !== undefined) await wait;
    copier.begin(entry);
  }
  if (noted.unchangedAfter > 0) progress.countUnchanged(noted.unchangedAfter);
}

/** Goes through the build from a key on: copies what is due of this pass, and notes what is of the later ones. */
async function scan(context: CopyContext, pass: CopyPass, after: string | null): Promise<void> {
  const { deps, job, run, control, manifest } = context;
  const noted = after === null ? notesFor(pass, job.maxNoted) : new Map<CopyPass, DueObjects>();
  const sight: Sight = { due: false, extra: false };
  await scanBuild(
    { deps, job, run, signal: control.signal, manifest, after },
    visitorOf(context, pass, { noted, sight }),
  );
  if (context.manifest === null) {
    context.manifest = await recordedManifest(job.build);
    countTotal(context, context.manifest);
  }
  if (after !== null) return;
  context.noted = noted;
  context.sight = sight;
}

function visitorOf(
  { control, progress, copier }: CopyContext,
  pass: CopyPass,
  { noted, sight }: { readonly noted: ReadonlyMap<CopyPass, DueObjects>; readonly sight: Sight },
): ScanVisitor {
  let objects = 0;
  let bytes = 0;
  return {
    onRecorded: (entries) => {
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
      const wait = copier.roomIn(maxWindow);
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

function notesFor(pass: CopyPass, maxNoted = defaultMostNoted): ReadonlyMap<CopyPass, DueObjects> {
  const later = copyPasses.slice(copyPasses.indexOf(pass) + 1);
  return new Map(later.map((each) => [each, new DueObjects(maxNoted)]));
}

/** Tells of all that the build holds. @throws {LtdError} `build_empty` where that is nothing. */
export function countTotal({ job, progress }: CopyContext, { objects, bytes }: Manifest): void {
  if (objects === 0) throw emptyBuild({ bucket: job.bucket, prefix: job.sourcePrefix });
  progress.countTotal(objects, bytes);
}
