import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeeperClient, type KeeperClient } from '../../dev/client/keeper-client.js';
import { stackAccess } from '../../dev/client/stack-access.js';
import { uploadSite } from '../../dev/client/upload-site.js';
import { watchTask } from '../../dev/client/watch-task.js';
import { type Stack, startStack } from '../../dev/stack/start-stack.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { workflowBundle } from '../../scripts/workflow-bundle.js';
import { type Balancer, startBalancer } from '../support/balancer.js';
import { eventually } from '../support/eventually.js';

const product = 'handbook';

/** For starts of processes and copies on a busy machine, in milliseconds. */
const timeoutMs = 600_000;

describe('a rolling restart of two APIs and two workers under load', function () {
  this.timeout(timeoutMs);
  let folder: string;
  let stack: Stack;
  let balancer: Balancer;
  let client: KeeperClient;
  /** The stack's reports about its processes. */
  const said: string[] = [];
  /** The number of requests answered while each process was down. */
  const answeredDuring = new Map<string, number>();
  /** The end of each publication. */
  let statuses: readonly string[];

  before(async () => {
    await workflowBundle();
    folder = await temporaryFolder('rolling-restart');
    const counts = { api: 2, worker: 2 };
    // A slow store, so that copies are under way whenever a worker stops.
    const options = { folder, ports: 'auto', s3LatencyMs: 100, counts } as const;
    stack = await startStack(options, (line) => said.push(line));
    balancer = await startBalancer(stack.apiUrls);
    const access = stackAccess(stack.variables());
    client = createKeeperClient({ ...access.keeper, url: balancer.url });
    await client.createProduct({
      slug: product,
      title: product,
      doc_repo: 'https://example.org/repo.git',
      root_domain: 'localhost',
      root_fastly_domain: 'localhost',
      bucket_name: access.bucket,
    });
    const load = startLoad(client);
    for (const [index, url] of stack.apiUrls.entries()) await restartApi(index, url);
    for (const index of [0, 1]) await restartWorker(index);
    statuses = await load.end();
  });

  after(async () => {
    await balancer.close();
    await stack.stop();
  });

  /** As a rollout does: it gets no new requests, then a stop signal; its successor is used once ready. */
  async function restartApi(index: number, url: string): Promise<void> {
    await balancer.remove(url);
    await restart(numbered('api', index));
    await eventually('the API to be ready', async () => (await fetch(`${url}/readyz`)).ok, timeoutMs);
    balancer.add(url);
  }

  async function restartWorker(index: number): Promise<void> {
    const name = numbered('worker', index);
    const starts = async (): Promise<number> =>
      (await readFile(join(folder, 'logs', `${name}.log`), 'utf8')).split('the worker is polling').length;
    const before = await starts();
    await restart(name);
    await eventually('the worker to poll', async () => (await starts()) > before, timeoutMs);
  }

  async function restart(name: string): Promise<void> {
    const pid = stack.processes().get(name) ?? assert.fail(`no ${name}`);
    const before = balancer.answered();
    process.kill(pid, 'SIGTERM');
    await eventually(
      `${name} to be another process`,
      () => Promise.resolve(stack.processes().get(name) !== pid),
      timeoutMs,
    );
    await eventually('a few requests', () => Promise.resolve(balancer.answered() > before + 5), timeoutMs);
    answeredDuring.set(name, balancer.answered() - before);
  }

  it('ends every process with exit code 0', () => {
    const ended = ['api', 'api-2', 'worker', 'worker-2'].map(
      (name) => `${name} ended (exit code 0) and was started again`,
    );
    assert.deepEqual([...said].sort(), ended.sort());
  });

  it('loses no request of a client', () => {
    assert.deepEqual(balancer.failures, []);
    assert.equal(answeredDuring.size, 4);
  });

  it('completes every publication during the restart', () => {
    assert.ok(statuses.length >= 4, `${statuses.length} publications`);
    assert.deepEqual(
      statuses.filter((status) => status !== 'SUCCESS'),
      [],
    );
  });
});

/** `api` is the first, `api-2` the second. */
function numbered(program: string, index: number): string {
  return index === 0 ? program : `${program}-${index + 1}`;
}

/**
 * Publishes one branch after the other and reads in between, two of each at a time. Any failure ends it and rejects
 * `end`; `end` returns the statuses of all tasks.
 */
function startLoad(client: KeeperClient): { end(): Promise<readonly string[]> } {
  let going = true;
  let branches = 0;
  const publish = async (): Promise<readonly string[]> => {
    const ended: string[] = [];
    while (going) {
      branches += 1;
      const build = await client.registerBuild(product, { gitRefs: [`u/${branches}`], directories: ['/'] });
      await uploadSite(build, pages(branches));
      const task = await client.completeUpload(build);
      ended.push((await watchTask(client, task, { interval: 5 })).status);
    }
    return ended;
  };
  const read = async (): Promise<readonly string[]> => {
    while (going) await client.editions(product);
    return [];
  };
  const running = Promise.all([publish(), publish(), read(), read()]);
  running.catch(() => undefined); // reported by `end`
  return {
    end: async () => {
      going = false;
      return (await running).flat();
    },
  };
}

function pages(branch: number): Parameters<typeof uploadSite>[1] {
  return Array.from({ length: 30 }, (_, index) => ({
    path: index === 0 ? 'index.html' : `page-${index}.html`,
    contentType: 'text/html',
    content: `<h1>${branch}</h1>`,
  }));
}
