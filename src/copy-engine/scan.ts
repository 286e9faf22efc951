import { compareKeys } from '../domain/object-keys.js';
import type { ListedObject } from '../integrations/object-store/object-store.js';
import type { CopyDeps, CopyJob } from './copy-job.js';
import type { Run } from './copy-run.js';
import { diffBuild, type DiffEntry } from './diff.js';
import { HeaderKnowledge } from './header-knowledge.js';
import { listInParallel } from './list-in-parallel.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import type { SortedPages } from './sorted-reader.js';

/** What to go through. */
export interface Scan {
  readonly deps: CopyDeps;
  readonly job: CopyJob;
  readonly run: Run;
  readonly signal: AbortSignal;
  /** Null while the build is still to be learnt: this scan learns it. */
  readonly manifest: Manifest | null;
  /** Only keys after this one. */
  readonly after: string | null;
}

/** What a scan tells of the build, in key order. */
export interface ScanVisitor {
  /** The next part of a build that is being learnt. */
  onRecorded(entries: readonly ManifestEntry[]): void;
  /** Nothing at all is at the destination. */
  onEmptyDestination(): Promise<void>;
  /** An object that the destination shows as it should. */
  onRight(entry: ManifestEntry): void;
  /** An object to be copied. */
  onDue(entry: ManifestEntry): Promise<void> | void;
  /** An object of the destination that the build does not have. */
  onExtra(): void;
}

/** Compares the build with its destination, key by key from the cursor on, by manifests and one listing. */
export async function scanBuild(scan: Scan, visitor: ScanVisitor): Promise<void> {
  const { deps, job, after } = scan;
  const knowledge = new HeaderKnowledge(job.known, after);
  const diff = diffBuild({
    source: sourceOf(scan, visitor),
    destination: destinationOf(scan, visitor),
    copied: deps.etags.read(after),
  });
  try {
    for await (const entries of diff) {
      for (const entry of entries) {
        if (entry.source === undefined) {
          visitor.onExtra();
          continue;
        }
        const right = isRight(knowledge, entry);
        if (right === true || (right !== false && (await right))) visitor.onRight(entry.source);
        else {
          const wait = visitor.onDue(entry.source);
          if (wait !== undefined) await wait;
        }
      }
    }
  } finally {
    await knowledge.close();
  }
}

function isRight(
  knowledge: HeaderKnowledge,
  entry: DiffEntry & { readonly source: ManifestEntry },
): boolean | Promise<boolean> {
  return 'content' in entry && entry.content === 'same' ? knowledge.isRight(entry.source) : false;
}

function sourceOf({ job, signal, manifest, after }: Scan, visitor: ScanVisitor): SortedPages<ManifestEntry> {
  return manifest?.read(after) ?? learning(job, { signal, after }, visitor);
}

/** A build that is being learnt is learnt from its beginning, also where its copy goes on from a cursor. */
async function* learning(
  { build }: CopyJob,
  { signal, after }: { readonly signal: AbortSignal; readonly after: string | null },
  visitor: ScanVisitor,
): AsyncGenerator<readonly ManifestEntry[], void, undefined> {
  for await (const entries of build.learn(signal)) {
    visitor.onRecorded(entries);
    yield after === null ? entries : entries.filter(({ key }) => compareKeys(key, after) > 0);
  }
}

async function* destinationOf(
  { deps, job, run, manifest, after }: Scan,
  visitor: ScanVisitor,
): AsyncGenerator<readonly ListedObject[], void, undefined> {
  const isExpected = job.known?.isPublished ?? false;
  const listing = {
    bucket: job.bucket,
    prefix: job.destinationPrefix,
    after,
    gate: run.readGate,
    isExpected,
  };
  let isEmpty = after === null;
  // What was published before tells as well where a page ends, while the build itself is still to be learnt.
  const { boundaries = [] } = manifest ?? job.known?.others[0] ?? {};
  // The last boundary is the end of the build: nothing but leftovers of other builds comes after it.
  for await (const page of listInParallel(deps.store, listing, boundaries.slice(0, -1))) {
    isEmpty &&= page.length === 0;
    yield page;
  }
  // Nothing is written before the first page of the listing, or its end, has been read.
  if (isEmpty) await visitor.onEmptyDestination();
}
