import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createKeeperClient } from '../../dev/client/keeper-client.js';
import { uploadSite } from '../../dev/client/upload-site.js';
import { watchTask } from '../../dev/client/watch-task.js';
import { freePort } from '../../dev/free-port.js';
import type { ImageTree } from '../../dev/image/build-tree.js';
import { parseDockerfile } from '../../dev/image/dockerfile.js';
import { checkout } from '../../dev/paths.js';
import { pythonPackages } from '../../dev/python-packages.js';
import type { RunningProcess } from '../../dev/start-process.js';
import { createTestBucket, type TestBucket } from '../support/bucket.js';
import { createEmptyDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { buildImageTree, confinement, hasTini, runContainer, startContainer } from '../support/image.js';
import { createTestNamespace } from '../support/namespace.js';

const run = promisify(execFile);

/** npm installs, the compiler compiles, on a machine that may be busy. Milliseconds. */
const patience = 900_000;

/** All that the image holds beside its system. Bytes. */
const mostBytes = 300 * 1000 ** 2;

describe('the image', function () {
  this.timeout(patience);
  let tree: ImageTree;
  let app: string;

  before(async () => {
    tree = await buildImageTree();
    app = join(tree.root, 'app');
  });

  it('passes hadolint', async () => {
    const hadolint = join(await pythonPackages('hadolint'), 'bin', 'hadolint');
    const said = await run(hadolint, [join(checkout, 'Dockerfile')]).catch((error: unknown) =>
      assert.fail(String(Reflect.get(Object(error), 'stdout'))),
    );
    assert.equal(said.stdout, '');
  });

  it('is made on one image of Node 24, by its digest', async () => {
    const { preamble, stages } = parseDockerfile(await readFile(join(checkout, 'Dockerfile'), 'utf8'));
    assert.match(preamble[0]?.rest ?? '', /^NODE_IMAGE=node:24\.\d+\.\d+-trixie-slim@sha256:[0-9a-f]{64}$/);
    assert.deepEqual(new Set(stages.map(({ from }) => from)), new Set(['${NODE_IMAGE}']));
  });

  it('holds what it runs and nothing else', async () => {
    assert.deepEqual((await readdir(app)).sort(), expectedFolders);
    const { packages } = await readJson<Installed>(join(app, 'node_modules', '.package-lock.json'));
    const { dependencies } = await readJson<Pick<Installed, 'dependencies'>>(join(app, 'package.json'));
    const missing = Object.keys(dependencies).filter(
      (name) => packages[`node_modules/${name}`] === undefined,
    );
    assert.deepEqual(missing, []);
    const tools = Object.entries(packages).filter(([, { dev }]) => dev === true);
    assert.deepEqual(tools, []);
    const compiled = await readdir(join(app, 'build'));
    assert.deepEqual(compiled.sort(), [
      'src',
      'workflow-bundle-encrypted-traced.js',
      'workflow-bundle-encrypted.js',
      'workflow-bundle-traced.js',
      'workflow-bundle.js',
    ]);
  });

  it('holds native code for this machine alone', async () => {
    const binaries = (await filesIn(app)).filter((name) => name.endsWith('.node'));
    assert.equal(binaries.filter((name) => name.includes('core-bridge')).length, 1);
    const own = await machineOf(process.execPath);
    for (const name of binaries) assert.deepEqual(await machineOf(join(app, name)), own, name);
  });

  it('holds less than 300 MB of files', async () => {
    const sizes = await Promise.all(
      (await filesIn(app)).map(async (name) => (await lstat(join(app, name))).size),
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(bytes < mostBytes, `${bytes} bytes`);
  });

  describe('run as its user, on a file system that is read-only', () => {
    let database: TestDatabase;
    let bucket: TestBucket;
    let settings: Readonly<Record<string, string>>;
    let untouched: string;
    const running: RunningProcess[] = [];

    before(async function () {
      if (process.env['CI'] !== undefined) {
        assert.equal(hasTini(), true, 'Run: apt-get install tini');
        assert.notEqual(confinement(), 'none', 'CI must be allowed to unshare a mount namespace');
      }
      const temporal = await createTestNamespace();
      database = await createEmptyDatabase();
      bucket = await createTestBucket();
      settings = {
        HOST: '127.0.0.1',
        PORT: String(await freePort()),
        DATABASE_URL: database.url,
        LTD_KEEPER_SECRET_KEY: 'a key for tests',
        LTD_KEEPER_BOOTSTRAP_USER: 'admin',
        LTD_KEEPER_BOOTSTRAP_PASSWORD: 'pug',
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
        AWS_ENDPOINT_URL_S3: bucket.endpoint,
        AWS_REGION: bucket.region,
        AWS_ACCESS_KEY_ID: bucket.credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: bucket.credentials.secretAccessKey,
        AWS_EC2_METADATA_DISABLED: 'true',
      };
      untouched = await stateOf(app);
    });
    after(async () => {
      await Promise.all(running.map((each) => each.stop()));
      bucket.close();
      await dropTestDatabase(database);
    });

    const start = async (program: 'api' | 'worker'): Promise<RunningProcess> => {
      const started = await startContainer(tree, { args: [program], env: settings });
      running.push(started);
      return started;
    };

    it('starts the API unless it is told otherwise, which refuses a database that is not migrated', async () => {
      const refused = runContainer(tree, { env: settings });
      await assert.rejects(refused, { code: 1, stderr: /Run 'ltd-keeper migrate', then start again\.\n$/ });
    });

    it('migrates, serves, publishes and ends with 0', async () => {
      assert.match(await runContainer(tree, { args: ['migrate'], env: settings }), /^applied 0001-initial$/m);
      const programs = [await start('api'), await start('worker')];
      await eventually(
        'the container to be healthy',
        async () =>
          (await runContainer(tree, { args: ['health'], env: settings })).includes('/healthz answers.'),
        patience,
      );
      assert.equal(await publish(), '<h1>From an image</h1>');
      const exits = await Promise.all(programs.map((program) => program.stop(60_000)));
      assert.deepEqual(
        exits,
        programs.map(() => ({ code: 0, signal: null })),
      );
    });

    it('changed nothing of what it was started from', async () => {
      assert.equal(await stateOf(app), untouched);
    });

    /** A site of one page, through the API; answers what is then at the place that readers see. */
    async function publish(): Promise<string> {
      const url = `http://127.0.0.1:${settings['PORT']}`;
      const client = createKeeperClient({ url, username: 'admin', password: 'pug' });
      await client.createProduct({
        slug: 'guide',
        title: 'Guide',
        doc_repo: 'https://example.org/repo.git',
        root_domain: 'example.org',
        root_fastly_domain: 'global.example.net',
        bucket_name: bucket.name,
      });
      const build = await client.registerBuild('guide', { gitRefs: ['main'], directories: ['/'] });
      const page = { path: 'index.html', contentType: 'text/html', content: '<h1>From an image</h1>' };
      await uploadSite(build, [page]);
      const task = await watchTask(client, await client.announceBuild(build));
      assert.equal(task.status, 'SUCCESS');
      return bucket.read('guide/v/main/index.html');
    }
  });
});

const expectedFolders = ['LICENSE', 'assets', 'bin', 'build', 'node_modules', 'package.json'];

/** Every file below a folder, by its path in there. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}

/** What npm notes of what it has installed, and a package of what it needs. */
interface Installed {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

/** The format and the processor of a native file: of ELF the magic, the class and `e_machine`; of Mach-O its `cputype`. */
async function machineOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(20), 0, 20, 0);
    const isElf = buffer.subarray(1, 4).toString() === 'ELF';
    return isElf ? Buffer.concat([buffer.subarray(0, 6), buffer.subarray(18)]) : buffer.subarray(0, 8);
  } finally {
    await handle.close();
  }
}

/** Changes when a file comes, goes or is written to. */
async function stateOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await filesIn(folder)) {
    const { size, mtimeMs } = await lstat(join(folder, name));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}
