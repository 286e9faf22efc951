import { eachOf } from '../../dev/client/each-of.js';
import { copyBuild } from '../../src/copy-engine/copy-build.js';
import type { CopyControl, CopyJob } from '../../src/copy-engine/copy-job.js';
import { listObjects } from '../../src/copy-engine/list.js';
import { removeStale } from '../../src/copy-engine/remove-stale.js';
import { verifyCopy } from '../../src/copy-engine/verify.js';
import { createS3Client, type S3ClientOptions } from '../../src/integrations/object-store/s3-client.js';
import { createS3ObjectStore } from '../../src/integrations/object-store/s3-object-store.js';
import { createHeaderMemory } from './header-memory.js';

/** What is published where. Prefixes end in `/`. */
export interface EnginePrefixes {
  readonly source: string;
  readonly destination: string;
}

/** The copy engine over a store, with what it has learnt of builds: what a worker has while it runs. */
export interface EngineSession {
  /** Learns the headers of a build, as is done while it is uploaded. */
  learn(source: string): Promise<void>;
  /** Makes the destination show the source: copy, removal and verification. */
  update(prefixes: EnginePrefixes, headers: 'known' | 'to learn'): Promise<void>;
  /** Copies alone, from what was learnt, until the signal aborts: then it throws the signal's reason. */
  copy(prefixes: EnginePrefixes, signal: AbortSignal): Promise<void>;
}

/** Where the session works. */
export interface EngineSessionOptions {
  readonly store: S3ClientOptions;
  readonly bucket: string;
  /** The most objects that it works on at a time. */
  readonly concurrency: number;
}

/** Opens a session; nothing connects yet. */
export function createEngineSession(options: EngineSessionOptions): EngineSession {
  const { bucket, concurrency } = options;
  const store = createS3ObjectStore({ client: createS3Client(options.store) });
  const memory = createHeaderMemory(store);
  const jobOf = ({ source, destination }: EnginePrefixes): CopyJob => ({
    ...{ bucket, concurrency, sourcePrefix: source, destinationPrefix: destination },
    surrogateKey: 'edition-key',
    acl: 'public-read',
    directoryRedirects: true,
  });
  return {
    learn: async (source) => {
      for await (const page of listObjects(store, { bucket, prefix: source, gate: () => undefined }))
        await eachOf(page, concurrency, ({ key }) => memory.learn({ bucket, key: source + key }));
    },
    update: async (prefixes, headers) => {
      const deps = { store: headers === 'known' ? memory.store : store };
      const job = jobOf(prefixes);
      await copyBuild(deps, job, quietControl());
      await removeStale(deps, job, quietControl());
      await verifyCopy(deps, job, quietControl());
    },
    copy: async (prefixes, signal) => {
      await copyBuild({ store: memory.store }, jobOf(prefixes), { ...quietControl(), signal });
    },
  };
}

function quietControl(): CopyControl {
  return { signal: new AbortController().signal, mayWrite: () => undefined, onProgress: () => undefined };
}
