import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { Client, Connection } from '@temporalio/client';
import pg from 'pg';
import type { RegisteredBuild } from '../../dev/client/answers.js';
import { uploadSite } from '../../dev/client/upload-site.js';
import type { Operation } from '../../dev/object-store/operation.js';
import type { StoreStats } from '../../dev/object-store/request-log.js';
import { signalProcess } from '../../dev/process-group.js';
import { taskQueues, workflowTypes } from '../../src/workflows/contract.js';
import { eventually } from './eventually.js';
import { type ScenarioStack, startScenarioStack } from './scenario-stack.js';

/** A stack whose publications can be held at any moment. Products are named after their moments. */
export interface MomentWorld extends Pick<ScenarioStack, 'stack'> {
  /** Creates a product with its own bucket, and publishes a first build. */
  makeProduct(product: string): Promise<void>;
  /** Registers and uploads the next build. */
  upload(product: string, text: string): Promise<void>;
  announce(product: string): Promise<void>;
  /** Completes the build without waiting for an answer, which may never arrive. */
  beginToAnnounce(product: string): void;
  /** Completes the build again, as a CI job does, until the API acknowledges it. */
  seeToAnnouncement(product: string): Promise<void>;
  holdRequests(product: string, operation: Operation): Promise<void>;
  letRequestsGo(product: string, operation: Operation): Promise<void>;
  untilHeld(product: string, operation: Operation): Promise<void>;
  holdPurges(product: string): Promise<void>;
  untilPurgeIsHeld(product: string): Promise<void>;
  lockProduct(product: string): Promise<void>;
  untilLockIsWaitedFor(product: string): Promise<void>;
  stopTemporal(): void;
  /** Resolves once the upload is committed. */
  untilDeclared(product: string): Promise<void>;
  /** Releases everything that is held, and runs a pass of `Reconcile`. */
  letGo(): Promise<void>;
  /** Whether the newest build is published and no work is left for it. */
  isPublished(product: string): Promise<boolean>;
  /** The objects under the edition's prefix: path, then content. */
  shown(product: string): Promise<Readonly<Record<string, string>>>;
  expected(product: string): Readonly<Record<string, string>>;
  /** Ids of the open tasks. */
  openTasks(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** How long a publication may take to reach its moment on a busy machine, in milliseconds. */
const timeoutMs = 120_000;

/** A build and its objects. */
interface Upload {
  readonly build: RegisteredBuild;
  readonly site: Readonly<Record<string, string>>;
  announced: Promise<boolean>;
}

/** Starts the stack on the state in this folder. */
export async function startMomentWorld(folder: string): Promise<MomentWorld> {
  const cdn = await startHeldCdn();
  const running = await startScenarioStack(folder, {
    s3LatencyMs: 0,
    // Held copies keep their slots, and manifests are recorded only by copies, which are held.
    settings: { LTD_FASTLY_API_URL: cdn.url, LTD_COPY_SLOTS: '16', LTD_MANIFEST_SLOTS: '0' },
  });
  const { stack, access, client } = running;
  const variable = (name: string): string => stack.variables()[name] ?? '';
  const database = new pg.Pool({ connectionString: variable('DATABASE_URL'), max: 3 });
  database.on('error', () => undefined); // a connection that a killed server cut
  const store = new S3Client({ ...access.store, forcePathStyle: true });
  const uploads = new Map<string, Upload>();
  const locks: pg.PoolClient[] = [];
  const held = new Map<Operation, Set<string>>();

  const bucketOf = (product: string): string => `moment-${product}`;
  const uploadOf = (product: string): Upload => uploads.get(product) ?? assert.fail(`no build of ${product}`);
  const injector = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${variable('OBJECT_STORE_ADMIN_URL')}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const rowOf = async (product: string): Promise<EditionRow | undefined> => {
    const { rows } = await database.query<EditionRow>(
      `SELECT e.surrogate_key AS key, e.build_id AS declared, e.published_build_id AS published,
         e.pending_rebuild OR e.dirty AS busy
       FROM editions e JOIN products p ON p.id = e.product_id WHERE p.slug = $1`,
      [product],
    );
    return rows[0];
  };
  const keyOf = async (product: string): Promise<string> => (await rowOf(product))?.key ?? '';
  const idOf = (product: string): number => Number(uploadOf(product).build.self_url.split('/').at(-1));
  const isAnnounced = async (product: string): Promise<boolean> => {
    await client.completeUpload(uploadOf(product).build);
    return true;
  };
  const upload = async (product: string, text: string): Promise<void> => {
    const build = await client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
    // Each build has a page that the next one lacks, so that each publication deletes something.
    const site = { 'index.html': text, 'page.html': text, [`only ${text}.html`]: text };
    const files = Object.entries(site).map(([path, content]) => ({
      path,
      content,
      contentType: 'text/html',
    }));
    await uploadSite(build, files);
    uploads.set(product, { build, site, announced: Promise.resolve(false) });
  };
  const holdRule = (product: string, operation: Operation): string => `${operation} ${product}`;
  const isPublished = async (product: string): Promise<boolean> => {
    const row = await rowOf(product);
    return row?.published === idOf(product) && !row.busy;
  };

  return {
    stack,
    upload,
    isPublished,
    makeProduct: async (product) => {
      await store.send(new CreateBucketCommand({ Bucket: bucketOf(product) }));
      await client.createProduct({
        slug: product,
        title: product,
        doc_repo: 'https://example.org/repo.git',
        root_domain: 'localhost',
        root_fastly_domain: 'localhost',
        bucket_name: bucketOf(product),
      });
      await upload(product, 'first');
      await isAnnounced(product);
      await eventually(`${product} to be published`, () => isPublished(product), timeoutMs);
    },
    announce: async (product) => {
      uploadOf(product).announced = isAnnounced(product);
      await uploadOf(product).announced;
    },
    beginToAnnounce: (product) => {
      uploadOf(product).announced = isAnnounced(product).catch(() => false);
    },
    seeToAnnouncement: async (product) => {
      if (await uploadOf(product).announced) return;
      await eventually(`${product} to be announced`, () => isAnnounced(product), timeoutMs);
    },
    holdRequests: async (product, operation) => {
      held.set(operation, (held.get(operation) ?? new Set()).add(product));
      const match = { bucket: bucketOf(product), operation };
      await injector('POST', '/rules', { id: holdRule(product, operation), match, action: { kind: 'hold' } });
    },
    letRequestsGo: async (product, operation) => {
      held.get(operation)?.delete(product);
      await injector('DELETE', `/rules/${encodeURIComponent(holdRule(product, operation))}`);
    },
    untilHeld: (product, operation) =>
      eventually(
        `${operation} of ${product} to be held`,
        async () => {
          const { byOperation } = (await injector('GET', '/stats')) as StoreStats; // the injector's own counts
          return (byOperation[operation]?.inFlight ?? 0) >= (held.get(operation)?.size ?? 0);
        },
        timeoutMs,
      ).then(() => undefined),
    holdPurges: async (product) => {
      cdn.hold(await keyOf(product));
    },
    untilPurgeIsHeld: async (product) => {
      const key = await keyOf(product);
      await eventually('a purge', () => Promise.resolve(cdn.isHolding(key)), timeoutMs);
    },
    lockProduct: async (product) => {
      const lock = await database.connect();
      lock.on('error', () => undefined);
      locks.push(lock);
      await lock.query('BEGIN');
      await lock.query('SELECT FROM products WHERE slug = $1 FOR UPDATE', [product]);
    },
    untilLockIsWaitedFor: (product) =>
      eventually(
        `a transaction to wait for the lock of ${product}`,
        async () => {
          const { rows } = await database.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'`);
          return rows.length >= locks.length;
        },
        timeoutMs,
      ).then(() => undefined),
    stopTemporal: () => {
      signalProcess(stack.processes().get('temporal') ?? NaN, 'SIGSTOP');
    },
    untilDeclared: (product) =>
      eventually(
        `the build of ${product} to be declared`,
        async () => (await rowOf(product))?.declared === idOf(product),
        timeoutMs,
      ).then(() => undefined),
    letGo: async () => {
      signalProcess(stack.processes().get('temporal') ?? NaN, 'SIGCONT');
      held.clear();
      await eventually('the store', () => injector('DELETE', '/rules').then(() => true));
      cdn.letGo();
      for (const lock of locks.splice(0)) {
        await lock.query('ROLLBACK').catch(() => undefined);
        lock.release(true);
      }
      await makePass(variable('TEMPORAL_ADDRESS'));
    },
    shown: async (product) => {
      const prefix = `${product}/v/main/`;
      const Bucket = bucketOf(product);
      const { Contents = [] } = await store.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
      const entries = Contents.map(async ({ Key = '' }) => {
        const { Body } = await store.send(new GetObjectCommand({ Bucket, Key }));
        return [Key.slice(prefix.length), (await Body?.transformToString()) ?? ''] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    },
    expected: (product) => uploadOf(product).site,
    openTasks: async () => {
      const { rows } = await database.query<{ id: string }>('SELECT id FROM tasks WHERE finished_at IS NULL');
      return rows.map(({ id }) => id);
    },
    close: async () => {
      store.destroy();
      await stack.stop();
      await Promise.allSettled([database.end(), cdn.close()]);
    },
  };
}

/** The task of a product's one edition. */
interface EditionRow {
  readonly key: string;
  readonly declared: number | null;
  readonly published: number | null;
  readonly busy: boolean;
}

/** The next pass of `Reconcile` finds the work of signals that Temporal missed; this runs one. */
async function makePass(address: string): Promise<void> {
  const connection = await eventually('Temporal', () => Connection.connect({ address }), timeoutMs);
  const options = { workflowId: 'reconcile-now', taskQueue: taskQueues.keeper } as const;
  await new Client({ connection }).workflow.start(workflowTypes.reconcile, {
    ...options,
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  await connection.close();
}

/** A CDN that accepts purges, and holds those of some keys. */
async function startHeldCdn() {
  const held = new Set<string>();
  const waiting = new Map<string, (() => void)[]>();
  const server = createServer((request, response) => {
    request.resume();
    const key = request.url?.split('/').at(-1) ?? '';
    const answer = (): void => void response.writeHead(200).end('{}');
    if (held.has(key)) waiting.set(key, [...(waiting.get(key) ?? []), answer]);
    else answer();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP port, not a pipe
  return {
    url: `http://127.0.0.1:${port}`,
    hold: (key: string): void => void held.add(key),
    isHolding: (key: string): boolean => waiting.has(key),
    letGo: (): void => {
      held.clear();
      for (const answer of [...waiting.values()].flat()) answer();
      waiting.clear();
    },
    close: async (): Promise<void> => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
