import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { createAdminListener } from './admin-server.js';
import { createAuthenticator } from './authenticate.js';
import { openBlobStore } from './blob-store.js';
import { publicReadPolicy } from './bucket-policy.js';
import { openCatalog } from './catalog.js';
import type { Store } from './exchange.js';
import { createFaultInjector } from './fault-injector.js';
import { type HttpServer, startHttpServer } from './http-server.js';
import type { InitialBucket, ObjectStoreOptions, ObjectStoreServer } from './options.js';
import { createRateLimiter } from './rate-limiter.js';
import { createRequestLog } from './request-log.js';
import { createSeededRandom } from './seeded-random.js';
import { type RequestPipeline, serveRequest } from './serve-request.js';
import { createStoreFaults } from './store-faults.js';

const gibibyte = 1024 ** 3;
const mebibyte = 1024 ** 2;

/**
 * Starts an S3-compatible object store with fault injection, for path-style addresses. It keeps its state in `dataDir`.
 * For development and tests only: its admin port has no access control.
 */
export async function startObjectStore(options: ObjectStoreOptions): Promise<ObjectStoreServer> {
  const settings = { latencyMs: options.latencyMs ?? 0, clockOffsetMs: 0 };
  const realNow = options.now ?? Date.now;
  const store = openStore(options, () => realNow() + settings.clockOffsetMs);
  const injector = createFaultInjector(createSeededRandom(options.seed ?? 1));
  const limiter = createRateLimiter(() => performance.now());
  const log = createRequestLog(options.logCapacity ?? 100_000);
  const faults = createStoreFaults({ injector, limiter, log, settings });
  let requests = 0;
  const pipeline: RequestPipeline = {
    store,
    injector,
    limiter,
    log,
    latencyMs: () => settings.latencyMs,
    nextRequestId: () => (requests += 1).toString(16).toUpperCase().padStart(16, '0'),
  };
  const host = options.host ?? '127.0.0.1';
  const servers: HttpServer[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.close()));
    store.catalog.close();
  };
  const start = async (listener: RequestListener, port: number): Promise<string> => {
    const server = await startHttpServer(listener, { host, port });
    servers.push(server);
    return server.url;
  };
  try {
    const url = await start((message, response) => void serveRequest(pipeline, message, response), options.port ?? 0);
    if (options.adminPort === undefined) return { url, faults, close };
    return { url, adminUrl: await start(createAdminListener(faults), options.adminPort), faults, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function openStore(options: ObjectStoreOptions, now: () => number): Store {
  const { dataDir, credentials, region } = options;
  const catalog = openCatalog(dataDir);
  const blobs = openBlobStore(join(dataDir, 'blobs'));
  blobs.sweep(catalog.referencedBlobs());
  for (const bucket of options.buckets ?? []) {
    if (catalog.bucket(bucket.name) !== undefined) continue;
    catalog.commit({
      type: 'bucket',
      bucket: bucket.name,
      settings: { ...initialSettings(bucket), created: now() },
    });
  }
  return {
    catalog,
    blobs,
    region,
    now,
    authenticator: createAuthenticator({ credentials, region, now }),
    limits: {
      singleCopy: options.singleCopyLimit ?? 5 * gibibyte,
      minimumPart: options.minimumPartSize ?? 5 * mebibyte,
    },
  };
}

function initialSettings({ name, publicRead = false, aclsDisabled = false }: InitialBucket): {
  name: string;
  aclsDisabled: boolean;
  policy?: string;
} {
  return { name, aclsDisabled, ...(publicRead ? { policy: publicReadPolicy(name) } : {}) };
}
