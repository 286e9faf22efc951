import { copyBuild } from '../../src/copy-engine/copy-build.js';
import type { CopyControl, CopyJob } from '../../src/copy-engine/copy-job.js';
import { listObjects } from '../../src/copy-engine/list.js';
import { removeStale } from '../../src/copy-engine/remove-stale.js';
import { verifyCopy } from '../../src/copy-engine/verify.js';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { createS3Client } from '../../src/integrations/object-store/s3-client.js';
import { createS3ObjectStore } from '../../src/integrations/object-store/s3-object-store.js';
import { eachOf } from '../../dev/client/each-of.js';
import type { Cost } from './cost.js';
import type { EngineAnswer, EngineOrder } from './engine-orders.js';
import { type HeaderMemory, createHeaderMemory } from './header-memory.js';

/*
 * The copy engine in a process of its own: told by its parent what to do, it answers what that took. Like a worker it
 * keeps its connections from one update to the next.
 */

interface Engine {
  readonly store: ObjectStore;
  readonly memory: HeaderMemory;
  readonly bucket: string;
  readonly concurrency: number;
}

let engine: Engine | undefined;

async function carryOut(order: EngineOrder): Promise<Cost> {
  if (order.kind === 'open') {
    const store = createS3ObjectStore({ client: createS3Client(order.store) });
    engine = { ...order, store, memory: createHeaderMemory(store) };
    return measure(() => Promise.resolve());
  }
  if (engine === undefined) throw new Error('It is not open');
  const { store, memory } = engine;
  switch (order.kind) {
    case 'update':
      return await measure(() => update(open(), order.headers === 'known' ? memory.store : store, order));
    case 'learn':
      return await measure(() => learn(open(), order.source));
    case 'copy for':
      return await measure(() => copyFor(open(), order));
    default:
      throw new Error(`Unknown order: ${JSON.stringify(order satisfies never)}`);
  }
}

function open(): Engine {
  if (engine === undefined) throw new Error('It is not open');
  return engine;
}

async function update(
  engine: Engine,
  store: ObjectStore,
  { source, destination }: { readonly source: string; readonly destination: string },
): Promise<void> {
  const job = jobOf(engine, source, destination);
  await copyBuild({ store }, job, quietControl());
  await removeStale({ store }, job, quietControl());
  await verifyCopy({ store }, job, quietControl());
}

async function learn({ store, memory, bucket, concurrency }: Engine, source: string): Promise<void> {
  const listing = { bucket, prefix: source, gate: () => undefined };
  for await (const page of listObjects(store, listing)) {
    await eachOf(page, concurrency, ({ key }) => memory.learn({ bucket, key: source + key }));
  }
}

async function copyFor(
  engine: Engine,
  { seconds, source, destination }: EngineOrder & { readonly kind: 'copy for' },
): Promise<void> {
  const signal = AbortSignal.timeout(seconds * 1_000);
  for (let round = 1; !signal.aborted; round += 1) {
    const job = jobOf(engine, source, `${destination}${round}/`);
    await copyBuild({ store: engine.memory.store }, job, { ...quietControl(), signal }).catch(
      (error: unknown) => {
        if (!signal.aborted) throw error;
      },
    );
  }
}

function jobOf({ bucket, concurrency }: Engine, sourcePrefix: string, destinationPrefix: string): CopyJob {
  return {
    ...{ bucket, sourcePrefix, destinationPrefix, concurrency },
    surrogateKey: 'edition-key',
    acl: 'public-read',
    directoryRedirects: true,
  };
}

function quietControl(): CopyControl {
  return { signal: new AbortController().signal, mayWrite: () => undefined, onProgress: () => undefined };
}

async function measure(work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds,
    cpuSeconds: (user + system) / 1_000_000,
    peakRss: process.resourceUsage().maxRSS * 1_024,
  };
}

function answer(what: EngineAnswer): void {
  process.send?.(what);
}

process.on('message', (order: EngineOrder) => {
  carryOut(order).then(
    (cost) => {
      answer({ cost });
    },
    (error: unknown) => {
      answer({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    },
  );
});
process.once('disconnect', () => {
  process.exit();
});
