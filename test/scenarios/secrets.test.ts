import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createKeeperClient, type KeeperClient } from '../../dev/client/keeper-client.js';
import { stackAccess } from '../../dev/client/stack-access.js';
import { uploadSite } from '../../dev/client/upload-site.js';
import { type Stack, startStack } from '../../dev/stack/start-stack.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { workflowBundle } from '../../scripts/workflow-bundle.js';
import { eventually } from '../support/eventually.js';
import { basic } from '../support/keeper.js';

const run = promisify(execFile);

/** Secrets of settings that the stack does not set itself. Nothing listens at the receiver of events. */
const settings = {
  LTD_EVENTS_URL: 'http://marked-events-user:marked-events-password@127.0.0.1:9/hook?key=marked-events-key',
  TEMPORAL_GRPC_META_AUTHORIZATION: 'marked-temporal-header',
};

/** Secret or possibly secret data that clients send. */
const sent = ['marked-wrong-password', 'marked-name-or-password', 'marked.token'];

const product = 'handbook';

describe('secrets after every kind of failure', function () {
  this.timeout(400_000);
  let folder: string;
  let stack: Stack;
  let client: KeeperClient;
  let secrets: readonly string[];
  /** The API's answers to requests with wrong credentials. */
  const answers: string[] = [];

  before(async () => {
    await workflowBundle();
    folder = await temporaryFolder('ltd-keeper-secrets');
    stack = await startStack({ folder, ports: 'auto', s3LatencyMs: 100, settings }, () => undefined);
    const { keeper } = stackAccess(stack.variables());
    client = createKeeperClient(keeper);
    const ofStack = JSON.parse(await readFile(join(folder, 'secrets.json'), 'utf8')) as Record<string, string>;
    const token = await ask(keeper.url, '/token', basic(keeper.username, keeper.password));
    answers.length = 0;
    secrets = [
      ...Object.entries(ofStack).flatMap(([name, value]) => (name === 'accessKeyId' ? [] : [value])),
      ...(JSON.stringify(settings).match(/marked-[a-z-]+/g) ?? []),
      ...sent,
      (JSON.parse(token) as { token: string }).token,
    ];
    await ask(keeper.url, '/token', basic(keeper.username, 'marked-wrong-password'));
    await ask(keeper.url, '/token', basic('marked-name-or-password', 'x'));
    await ask(keeper.url, '/builds/1', basic('marked.token', ''), 'PATCH');
    await ask(keeper.url, '/readyz', 'Bearer marked.token');
  });
  after(() => stack.stop());

  async function ask(url: string, path: string, authorization: string, method = 'GET'): Promise<string> {
    const text = await (await fetch(`${url}${path}`, { method, headers: { authorization } })).text();
    answers.push(text);
    return text;
  }

  async function publish(bucket: string, slug: string): Promise<string> {
    await client.createProduct({
      slug,
      title: slug,
      doc_repo: 'https://example.org/repo.git',
      root_domain: 'localhost',
      root_fastly_domain: 'localhost',
      bucket_name: bucket,
    });
    const build = await client.registerBuild(slug, { gitRefs: ['main'], directories: ['/'] });
    if (bucket === stackAccess(stack.variables()).bucket)
      await uploadSite(build, [{ path: 'index.html', contentType: 'text/html', content: 'page' }]);
    return client.completeUpload(build);
  }

  async function temporal(...args: readonly string[]): Promise<string> {
    const { TEMPORAL_CLI: cli = '', TEMPORAL_ADDRESS: address = '' } = stack.variables();
    const { stdout } = await run(cli, ['workflow', ...args, '--output', 'json', '--address', address]);
    return stdout;
  }

  /** All data that Temporal shows of every run, its payloads both encoded and as text. */
  async function shownByTemporal(): Promise<string> {
    const runs = JSON.parse(await temporal('list')) as {
      readonly execution: { readonly workflowId: string; readonly runId: string };
    }[];
    assert.ok(runs.length > 2);
    const texts: string[] = [];
    for (const { execution } of runs) {
      const one = ['--workflow-id', execution.workflowId, '--run-id', execution.runId];
      texts.push(await temporal('show', ...one), await temporal('describe', ...one));
    }
    const payloads = texts.flatMap((text) => [...text.matchAll(/"data": ?"([^"]+)"/g)]);
    return [...texts, ...payloads.map(([, data = '']) => Buffer.from(data, 'base64').toString())].join('\n');
  }

  function assertNone(text: string, where: string): void {
    for (const secret of secrets)
      for (const form of [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64').replace(/=+$/, ''),
      ])
        assert.ok(!text.includes(form), `${where} shows the secret ${secret}`);
  }

  it('writes no secret to logs, answers, histories and heartbeats', async () => {
    const { bucket } = stackAccess(stack.variables());
    const failing = await publish('there-is-no-such-bucket', 'lost');
    const task = await publish(bucket, product);
    await eventually('the publication to begin', async () => (await client.task(task)).status !== 'PENDING');
    assertNone(await shownByTemporal(), 'Temporal');
    await eventually('both to end', async () => {
      const ends = [await client.task(task, 5), await client.task(failing, 5)];
      answers.push(JSON.stringify(ends));
      return ends.map(({ status }) => status).join() === 'SUCCESS,FAILURE';
    });
    await eventually('an event to fail', async () =>
      /"DeliverEvents"[\s\S]*lastFailure|ECONNREFUSED/.test(await shownByTemporal()),
    );
    const shown = await shownByTemporal();
    assert.match(shown, /"?handbook/, 'payloads are read');
    assertNone(shown, 'Temporal');
    assertNone(answers.join('\n'), 'an answer');
    const logs = await readdir(join(folder, 'logs'));
    assert.ok(logs.includes('api.log') && logs.includes('worker.log'));
    assert.match(await readFile(join(folder, 'logs', 'api.log'), 'utf8'), /a password was wrong/);
    for (const name of logs) assertNone(await readFile(join(folder, 'logs', name), 'utf8'), name);
  });
});
