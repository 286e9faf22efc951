import type { BuildSource, CopyControl, CopyJob } from '../../src/copy-engine/copy-job.js';
import { copyBuild, type CopyOutcome } from '../../src/copy-engine/copy-build.js';
import type { CopiedEtags } from '../../src/copy-engine/copied-etags.js';
import { recordManifest } from '../../src/copy-engine/record-manifest.js';
import type { Manifest } from '../../src/copy-engine/manifest.js';
import { type RemovalControl, removeStale } from '../../src/copy-engine/removal.js';
import { verifyCopy, verifyHeaders } from '../../src/copy-engine/verify.js';
import type { CopyCounts } from '../../src/domain/copy-counts.js';
import { headersPolicy } from '../../src/domain/edition-headers.js';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { quietControl, type TestJob } from './copy-jobs.js';
import { memoryEtags } from './memory-etags.js';
import { memoryManifests } from './memory-manifests.js';

/** Replacements for the engine's parts in a test. */
export type CopyChanges = Partial<Pick<CopyJob, 'build' | 'known'>> & { readonly store?: ObjectStore };

/** The copy engine over a store, with memory in place of production's database. */
export interface TestEngine {
  /** Records the manifest of a build's prefix now; later copies of the build use it. */
  record(job: TestJob): Promise<Manifest>;
  /** Forgets the manifest: the next copy records it while it copies. */
  forget(job: TestJob): BuildSource;
  /** Copies; the engine knows the results of earlier copies to the same place. */
  copy(job: TestJob, control?: Partial<CopyControl>, changes?: CopyChanges): Promise<CopyCounts>;
  /** Copies; also returns whether the result is exact. */
  copyOutcome(job: TestJob, control?: Partial<CopyControl>, changes?: CopyChanges): Promise<CopyOutcome>;
  remove(job: TestJob, control?: Partial<RemovalControl>): Promise<number>;
  verify(job: TestJob, store?: ObjectStore): Promise<void>;
  /** Verifies the headers of every object. */
  verifyHeaders(job: TestJob): Promise<void>;
  /** Copies and removes stale objects, as one publication does. */
  update(job: TestJob): Promise<CopyCounts>;
  etags(job: TestJob): CopiedEtags;
}

interface Written {
  readonly policy: string;
  readonly manifests: Manifest[];
}

/** Creates a {@link TestEngine}. */
export function testEngine(store: ObjectStore): TestEngine {
  const recorded = new Map<string, Manifest>();
  const etags = perKey(memoryEtags);
  const written = new Map<string, Written>();
  const record = async (job: TestJob): Promise<Manifest> => {
    const manifest = await recordNow(store, job);
    recorded.set(job.sourcePrefix, manifest);
    return manifest;
  };
  const known = async (job: TestJob): Promise<Manifest> => recorded.get(job.sourcePrefix) ?? (await record(job));
  const depsOf = (job: TestJob, instead = store) => ({ store: instead, etags: etags(job.destinationPrefix) });
  const engine: TestEngine = {
    record,
    forget: (job) => recordingSource(store, job),
    etags: (job) => etags(job.destinationPrefix),
    copy: async (...given) => (await engine.copyOutcome(...given)).counts,
    copyOutcome: async (job, control = {}, changes = {}) => {
      const policy = headersPolicy({ ...job, prefix: job.destinationPrefix });
      const before = written.get(job.destinationPrefix);
      const others = before?.policy === policy ? before.manifests : [];
      const build = changes.build ?? knownSource(await known(job));
      const outcome = await copyBuild(
        depsOf(job, changes.store),
        {
          known: others.length === 0 ? null : { hasTarget: false, others, isPublished: true },
          ...job,
          ...changes,
          build,
        },
        { ...quietControl(), ...control },
      );
      const manifest = await build.findManifest();
      if (manifest !== null) written.set(job.destinationPrefix, { policy, manifests: [...others.slice(-3), manifest] });
      return outcome;
    },
    remove: async (job, control = {}) =>
      removeStale(depsOf(job), { ...job, manifest: await known(job) }, { ...quietControl(), ...control }),
    verify: async (job, instead) =>
      verifyCopy(depsOf(job, instead), { ...job, manifest: await known(job) }, quietControl()),
    verifyHeaders: async (job) =>
      verifyHeaders({ store }, { ...job, manifest: await known(job), share: 1 }, quietControl()),
    update: async (job) => {
      const { counts, isExact } = await engine.copyOutcome(job);
      const removed = isExact ? 0 : await engine.remove(job);
      // The objects of other builds are deleted, or were found right.
      const before = written.get(job.destinationPrefix);
      if (before !== undefined) before.manifests.splice(0, before.manifests.length - 1);
      return { ...counts, objects_removed: removed };
    },
  };
  return engine;
}

/** A build with a recorded manifest. */
export function knownSource(manifest: Manifest): BuildSource {
  return {
    findManifest: () => Promise.resolve(manifest),
    learn: () => {
      throw new Error('a known manifest is not recorded again');
    },
  };
}

/** A build without a recorded manifest. */
export function recordingSource(store: ObjectStore, job: TestJob): BuildSource {
  const manifests = memoryManifests();
  return {
    findManifest: () => manifests.findComplete(1),
    learn: (signal) => recordManifest({ store, manifests }, recordingJob(job), { signal }),
  };
}

async function recordNow(store: ObjectStore, job: TestJob): Promise<Manifest> {
  const pass = recordManifest({ store, manifests: memoryManifests() }, recordingJob(job), quietControl());
  for (;;) {
    const next = await pass.next();
    if (next.done === true) return next.value;
  }
}

function recordingJob({ bucket, sourcePrefix }: TestJob) {
  return { buildId: 1, bucket, prefix: sourcePrefix, complete: true, concurrency: 64 };
}

function perKey<T>(make: () => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const found = made.get(key) ?? make();
    made.set(key, found);
    return found;
  };
}
