import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '../dev/free-port.js';
import { buildRoot } from '../scripts/paths.js';
import { poll } from '../dev/poll.js';
import { startProcess } from '../dev/start-process.js';
import { temporaryFolder } from '../dev/temporary-folder.js';
import { s3Clients } from '../src/config/settings/object-store.js';
import { chooseRequests } from '../src/integrations/object-store/choose-requests.js';
import type { ObjectStore } from '../src/integrations/object-store/object-store.js';
import { createS3Client } from '../src/integrations/object-store/s3-client.js';
import { createS3ObjectStore } from '../src/integrations/object-store/s3-object-store.js';
import { createStoreFlows } from '../src/integrations/object-store/store-flows.js';

/*
 * `node build/bench/measure-store-client.js`: measures the CPU per request of each client, and the refused share at a
 * store with a limit of copies per second. The store is a process of its own. Prints only. Not a test.
 */
const bucket = 'docs';
const credentials = { accessKeyId: 'BENCH', secretAccessKey: 'bench-secret' };
const latency = 50;
const copies = 3_000;
const seconds = 60;
/** `BENCH_ALLOWED` sets a lower limit for a busy machine. */
const allowed = Number(process.env['BENCH_ALLOWED'] ?? 3_500);

const source = { etag: '900150983cd24fb0d6963f7d28e17f72', size: 3 };
const headers = {
  system: { 'content-type': 'text/html', 'cache-control': 'no-cache' },
  metadata: { 'surrogate-key': randomUUID(), 'surrogate-control': 'max-age=31536000' },
};
const gate = (): void => undefined;

async function main(): Promise<void> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const folder = await temporaryFolder('measure-store-client');
  const server = await startProcess({
    name: 'object store',
    command: process.execPath,
    args: [
      join(buildRoot, 'dev/object-store/main.js'),
      ...['--data-dir', join(folder, 'data'), '--buckets', bucket, '--latency-ms', String(latency)],
      ...['--credentials', `${credentials.accessKeyId}:${credentials.secretAccessKey}`],
      ...['--port', String(port), '--admin-port', String(adminPort)],
    ],
    logFile: join(folder, 'object-store.log'),
  });
  const admin = `http://127.0.0.1:${adminPort}`;
  try {
    await poll(async () => (await fetch(`${admin}/stats`)).ok, { what: 'the object store' });
    await measureCost(`http://127.0.0.1:${port}`);
    await measureLimit(`http://127.0.0.1:${port}`, admin);
  } finally {
    await server.stop();
  }
}

/** The CPU of this process per request, after the warm-up. */
async function measureCost(endpoint: string): Promise<void> {
  for (const kind of s3Clients) {
    const { store, close } = connect(endpoint, kind);
    await store.put({ bucket, key: 'b/a', headers, body: Buffer.from('abc'), acl: null, gate });
    await inParallel(2_000, (at) => copy(store, at));
    say(`${kind}: copy ${await cost(copies, (at) => copy(store, at))}`);
    say(`${kind}: HEAD ${await cost(copies, () => store.head({ bucket, key: 'b/a' }))}`);
    say(`${kind}: list ${await cost(20, () => store.listPage({ bucket, prefix: 'v/' }))}`);
    close();
  }
}

/** Successful copies per second, and the refused share, under constant load. */
async function measureLimit(endpoint: string, admin: string): Promise<void> {
  const limits = JSON.stringify({ writes: allowed });
  await fetch(`${admin}/limits`, { method: 'PUT', body: limits });
  await fetch(`${admin}/stats/reset`, { method: 'POST' });
  const { store, close } = connect(endpoint, 'lean');
  const end = performance.now() + seconds * 1_000;
  const before = process.cpuUsage();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      await copy(store, done);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: 512 }, lane));
  const stats: unknown = await (await fetch(`${admin}/stats`)).json();
  const { user, system } = process.cpuUsage(before);
  say(
    `${allowed} a second allowed: ${Math.round(done / seconds)} done, ` +
      `${((user + system) / 1_000 / done).toFixed(3)} ms of CPU each`,
  );
  say(JSON.stringify(stats));
  close();
}

function connect(endpoint: string, kind: (typeof s3Clients)[number]): { store: ObjectStore; close: () => void } {
  const client = createS3Client({ endpoint, region: 'us-east-1', credentials });
  const requests = chooseRequests(kind, client);
  const flows = createStoreFlows({
    maxConcurrency: 512,
    connect: (admission) => createS3ObjectStore({ client, requests, admission }),
  });
  const close = (): void => {
    requests.destroy();
    client.destroy();
  };
  return { store: flows.open('bench').store, close };
}

async function copy(store: ObjectStore, at: number): Promise<void> {
  const keys = { sourceKey: 'b/a', destinationKey: `v/reference/page-${at % 10_000}.html` };
  await store.copy({ bucket, ...keys, source, headers, acl: 'public-read', gate });
}

async function cost(count: number, work: (at: number) => Promise<unknown>): Promise<string> {
  const [before, begin] = [process.cpuUsage(), performance.now()];
  await inParallel(count, work);
  const { user, system } = process.cpuUsage(before);
  const perSecond = Math.round((count / (performance.now() - begin)) * 1_000);
  return `${((user + system) / 1_000 / count).toFixed(3)} ms of CPU, ${perSecond} a second`;
}

async function inParallel(count: number, work: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 256 }, lane));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
