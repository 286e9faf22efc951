import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readPage, type ReadPage } from '../../dev/client/read-page.js';
import { type Edge, startEdge } from '../../dev/edge/start-edge.js';
import { type PythonClients, pythonClients } from '../../dev/python-clients.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { type TestKeeper, startTestKeeper } from '../support/keeper.js';
import { makeProduct, readEdition, type ScenarioTask, taskEnd } from '../support/scenario.js';
import { startTestWorker } from '../support/worker.js';

const run = promisify(execFile);

const product = 'pipelines';

/** Files as documentation has them, and as it should not: paths below the folder, and their contents. */
const site: Readonly<Record<string, string>> = {
  'index.html': '<h1>Home</h1>',
  '.nojekyll': '',
  '_static/css/theme.css': 'body { color: black }',
  'a/b/c/d/deep.html': '<h1>Deep</h1>',
  'a/b.html': '<h1>Beside a folder of the same name</h1>',
  'a/b/index.html': '<h1>Folder</h1>',
  'with space/a + b & c.html': '<h1>Signs</h1>',
  'with space/100%25 sure #1?.html': '<h1>Percent</h1>',
  "it's (here) [now] {then}; a=b,c@d.txt": 'brackets',
  'größe/naïve 文档 🔭.html': '<h1>Beyond ASCII</h1>',
  'data/no-extension': 'plain',
  '~tilde/-dash/..dots.txt': 'dots',
};

/** What a command printed. */
interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

describe('ltd-conveyor 0.8.4', () => {
  let keeper: TestKeeper;
  let edge: Edge;
  let clients: PythonClients;
  let folder: string;
  let upload: Printed;
  let task: ScenarioTask;

  before(async function () {
    this.timeout(300_000); // The first time, its packages are fetched.
    clients = await pythonClients();
    keeper = await startTestKeeper();
    await startTestWorker(keeper);
    const { name: bucket, endpoint, region, credentials } = keeper.bucket;
    edge = await startEdge({
      origin: { bucket, endpoint, region, credentials },
      purge: { serviceId: 'test', key: 'test' },
    });
    await makeProduct(keeper, product);
    folder = await temporaryFolder('conveyor-site');
    for (const [path, content] of Object.entries(site)) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    await mkdir(join(folder, 'empty folder'));
    upload = await ltd('upload', '--product', product, '--git-ref', 'main', '--dir', folder);
    task = await taskEnd(keeper, `/queue/${await taskOfPatch()}`);
  });

  after(async () => {
    await edge.close();
    await keeper.close();
  });

  it('is the released package, unmodified', async () => {
    assert.match((await ltd('--version')).stdout, /\b0\.8\.4\b/);
  });

  it('publishes a folder with LTD_HOST, LTD_USERNAME and LTD_PASSWORD alone', () => {
    assert.match(upload.stderr, /example\.org\/builds\/1/);
    assert.equal(task.status, 'SUCCESS');
    assert.equal(task.metadata.editions[0]?.outcome, 'published');
  });

  it('shows every file at the edge', async () => {
    for (const [path, content] of Object.entries(site)) {
      const page = await read(`/${path.split('/').map(encodeURIComponent).join('/')}`);
      assert.deepEqual({ path, status: page.status, text: page.text }, { path, status: 200, text: content });
    }
  });

  it('gives files the types that it guessed', async () => {
    const types: Record<string, string | undefined> = {};
    for (const path of ['/index.html', '/_static/css/theme.css', '/data/no-extension'])
      types[path] = (await read(path)).contentType;
    assert.deepEqual(types, {
      '/index.html': 'text/html',
      '/_static/css/theme.css': 'text/css',
      '/data/no-extension': 'application/octet-stream',
    });
  });

  it('makes every folder redirect to itself with a slash', async () => {
    for (const path of ['/a', '/a/b', '/a/b/c/d', '/empty%20folder', '/with%20space', '/v/main']) {
      const page = await read(path);
      assert.equal(page.status, 302, path);
      assert.equal(new URL(page.location ?? '').pathname, `${path}/`);
    }
    assert.match((await read('/a/b/')).text, /Folder/);
  });

  it('shows the edition as published and not pending', async () => {
    const edition = await readEdition(keeper, 1);
    assert.equal(edition.pending_rebuild, false);
    assert.equal(edition.published_build_url, edition.build_url);
    assert.equal(edition.build_url, `${keeper.baseUrl}/builds/1`);
  });

  it('is told why it is refused', async () => {
    const refused = ltd('upload', '--product', 'unknown', '--git-ref', 'main', '--dir', folder);
    await assert.rejects(refused, (error: { readonly code?: unknown; readonly stderr?: unknown }) => {
      assert.equal(error.code, 1);
      assert.match(String(error.stderr), /404[^]*invalid resource URI/);
      return true;
    });
  });

  async function ltd(...args: readonly string[]): Promise<Printed> {
    // -s: nothing of the user's own packages.
    return run('python3', ['-s', clients.ltd, ...args], {
      env: {
        PATH: process.env['PATH'],
        PYTHONPATH: clients.folder,
        LANG: 'C.UTF-8', // Python takes names of files in the locale's encoding.
        LTD_HOST: keeper.baseUrl,
        LTD_USERNAME: 'admin',
        LTD_PASSWORD: 'pug',
      },
    });
  }

  /** It does not say itself what its PATCH was answered. */
  async function taskOfPatch(): Promise<string> {
    const row = await keeper
      .knex('task_rebuilds')
      .orderBy('rebuild_id', 'desc')
      .first<{ task_id: string } | undefined>('task_id');
    return row?.task_id ?? assert.fail('its PATCH made no task');
  }

  function read(path: string): Promise<ReadPage> {
    return readPage({ edgeUrl: edge.url, product, path });
  }
});
