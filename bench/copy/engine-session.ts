import { copyBuild } from '../../src/copy-engine/copy-build.js';
import { type CopyJob, recordedManifest, type WriteControl } from '../../src/copy-engine/copy-job.js';
import type { KnownBuilds } from '../../src/copy-engine/header-knowledge.js';
import { recordManifest, recordWhole } from '../../src/copy-engine/record-manifest.js';
import type { RecordingJob } from '../../src/copy-engine/recording-job.js';
import { CopyProgress } from '../../src/copy-engine/progress.js';
import { removeStale } from '../../src/copy-engine/removal.js';
import type { S3ClientKind } from '../../src/config/settings/object-store.js';
import { chooseRequests } from '../../src/integrations/object-store/choose-requests.js';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { createS3Client, type S3ClientOptions } from '../../src/integrations/object-store/s3-client.js';
import { createS3ObjectStore } from '../../src/integrations/object-store/s3-object-store.js';
import { createStoreFlows } from '../../src/integrations/object-store/store-flows.js';
import { createManifestMemory, noCopiedEtags } from './manifest-memory.js';

/** Source and destination of a publication. Prefixes end in `/`. */
export interface EnginePrefixes {
  readonly source: string;
  readonly destination: string;
}

/** The copy engine over a store, with recorded manifests, as in a worker. */
export interface EngineSession {
  /** Records a build's manifest, as during its upload. */
  learn(source: string): Promise<void>;
  /** Makes the destination equal to the source: copies, deletes and verifies. */
  update(prefixes: EnginePrefixes, headers: 'known' | 'to learn'): Promise<void>;
  /** Copies by the recorded manifest until the signal aborts, then throws the signal's reason. */
  copy(prefixes: EnginePrefixes, signal: AbortSignal): Promise<void>;
}

export interface EngineSessionOptions {
  readonly store: S3ClientOptions;
  readonly bucket: string;
  readonly client: S3ClientKind;
  /** The most objects at a time, and the most requests of a kind. */
  readonly concurrency: number;
}

/** Opens a session without connecting. */
export function createEngineSession(options: EngineSessionOptions): EngineSession {
  const store = connect(options);
  const manifests = createManifestMemory();
  const idOf = numbered();
  /** The last build that each destination held completely. */
  const published = new Map<string, number>();
  const deps = { store, etags: noCopiedEtags };
  const recordingJob = (source: string): RecordingJob => ({
    ...{ buildId: idOf(source), bucket: options.bucket, prefix: source },
    ...{ complete: true, concurrency: options.concurrency },
  });
  const jobOf = async ({ source, destination }: EnginePrefixes): Promise<CopyJob> => ({
    ...{ bucket: options.bucket, sourcePrefix: source, destinationPrefix: destination },
    ...{ concurrency: options.concurrency, directoryRedirects: true },
    ...{ surrogateKey: 'edition-key', acl: 'public-read' },
    known: await knownAt(published.get(destination), idOf(source)),
    build: {
      findManifest: () => manifests.findComplete(idOf(source)),
      learn: (signal) => recordManifest({ store, manifests }, recordingJob(source), { signal }),
    },
  });
  const knownAt = async (before: number | undefined, target: number): Promise<KnownBuilds | null> => {
    const manifest = before === undefined ? null : await manifests.findComplete(before);
    if (manifest === null) return null;
    const hasTarget = before === target;
    return { hasTarget, others: hasTarget ? [] : [manifest], isPublished: true };
  };
  return {
    learn: async (source) => {
      await recordWhole({ store, manifests }, recordingJob(source), quietControl());
    },
    update: async (prefixes, headers) => {
      if (headers === 'to learn') await manifests.forget(idOf(prefixes.source));
      const job = await jobOf(prefixes);
      const control = { ...quietControl(), progress: new CopyProgress(undefined) };
      const { isExact } = await copyBuild(deps, job, control);
      if (!isExact) await removeStale(deps, { ...job, manifest: await recordedManifest(job.build) }, quietControl());
      published.set(prefixes.destination, idOf(prefixes.source));
    },
    copy: async (prefixes, signal) => {
      const control = { ...quietControl(), signal, progress: new CopyProgress(undefined) };
      await copyBuild(deps, await jobOf(prefixes), control);
    },
  };
}

function connect({ store, client: kind, concurrency }: EngineSessionOptions): ObjectStore {
  const client = createS3Client(store);
  const requests = chooseRequests(kind, client);
  const stores = createStoreFlows({
    maxConcurrency: concurrency,
    connect: (admission) => createS3ObjectStore({ client, requests, admission }),
  });
  return stores.open('bench').store;
}

function numbered(): (name: string) => number {
  const ids = new Map<string, number>();
  return (name) => {
    const id = ids.get(name) ?? ids.size + 1;
    ids.set(name, id);
    return id;
  };
}

function quietControl(): WriteControl {
  return { signal: new AbortController().signal, mayWrite: () => undefined };
}
