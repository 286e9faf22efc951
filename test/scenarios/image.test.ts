import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { lstat, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createKeeperClient } from '../../dev/client/keeper-client.js';
import { uploadSite } from '../../dev/client/upload-site.js';
import { watchTask } from '../../dev/client/watch-task.js';
import { freePort } from '../../dev/free-port.js';
import { checkout } from '../../scripts/paths.js';
import { pythonPackages } from '../../dev/python-packages.js';
import { createTestBucket, type TestBucket } from '../support/bucket.js';
import { describeWithEngine, startContainerEngine, type ContainerEngine } from '../support/container-engine.js';
import { createEmptyDatabase, dropTestDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { createTestNamespace } from '../support/namespace.js';

const run = promisify(execFile);

/** The time to install and compile on a busy machine, in milliseconds. */
const timeoutMs = 900_000;

/** The limit for the image's files beside its system, in bytes. */
const maxBytes = 300 * 1000 ** 2;

describe('the Dockerfile', function () {
  this.timeout(timeoutMs);

  it('passes hadolint without a finding', async () => {
    const hadolint = join(await pythonPackages('hadolint'), 'bin', 'hadolint');
    const said = await run(hadolint, [join(checkout, 'Dockerfile')]).catch((error: unknown) =>
      assert.fail(String(Reflect.get(Object(error), 'stdout'))),
    );
    assert.equal(said.stdout, '');
  });

  it('uses one Node 24 image, by its digest, as the base of both stages', async () => {
    const text = await readFile(join(checkout, 'Dockerfile'), 'utf8');
    assert.match(text, /^ARG NODE_IMAGE=node:24\.\d+\.\d+-trixie-slim@sha256:[0-9a-f]{64}$/m);
    const bases = [...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    assert.deepEqual(bases, ['${NODE_IMAGE}', '${NODE_IMAGE}']);
  });
});

describeWithEngine('the image that make image builds', function () {
  this.timeout(timeoutMs);
  let engine: ContainerEngine;
  let image: string;
  let root: string;
  let app: string;

  before(async () => {
    engine = await startContainerEngine();
    image = await engine.makeImage();
    root = engine.hostPath((await engine.podman('image', 'mount', image)).trim());
    app = join(root, 'app');
  });
  after(async () => {
    await engine.close();
  });

  it('declares its user, its programs, its health check and its version', async () => {
    const [facts] = JSON.parse(await engine.podman('image', 'inspect', image)) as [ImageFacts];
    const { version } = await readJson<{ version: string }>(join(checkout, 'package.json'));
    process.stdout.write(`${image}: ${Math.round(facts.Size / 1000 ** 2)} MB\n`);
    assert.equal(image, `localhost/ltd-keeper:${version}`);
    assert.equal(facts.Config.User, '10001:10001');
    assert.deepEqual(facts.Config.Entrypoint, ['tini', '--', 'ltd-keeper']);
    assert.deepEqual(facts.Config.Cmd, ['api']);
    // Podman omits it from an image in OCI's format.
    assert.deepEqual(facts.Healthcheck?.Test, ['CMD', 'ltd-keeper', 'health']);
    assert.equal(facts.Config.Labels['org.opencontainers.image.version'], version);
    assert.match(facts.Config.Labels['org.opencontainers.image.revision'] ?? '', /^[0-9a-f]{40}$/);
  });

  it('contains only the files that it runs', async () => {
    assert.deepEqual((await readdir(app)).sort(), expectedFolders);
    const { packages } = await readJson<Installed>(join(app, 'node_modules', '.package-lock.json'));
    const { dependencies } = await readJson<Pick<Installed, 'dependencies'>>(join(app, 'package.json'));
    const missing = Object.keys(dependencies).filter((name) => packages[`node_modules/${name}`] === undefined);
    assert.deepEqual(missing, []);
    const tools = Object.entries(packages).filter(([, { dev }]) => dev === true);
    assert.deepEqual(tools, []);
    const compiled = await readdir(join(app, 'build'));
    assert.deepEqual(compiled.sort(), [
      'docs-page.json',
      'src',
      'workflow-bundle-encrypted-traced.js',
      'workflow-bundle-encrypted.js',
      'workflow-bundle-traced.js',
      'workflow-bundle.js',
    ]);
  });

  it('contains no Node.js package manager and no apt lists', async () => {
    const commands = await readdir(join(root, 'usr/local/bin'));
    const { uid, mode } = await lstat(join(app, 'build/src'));
    assert.deepEqual(
      commands.filter((name) => /^(npm|npx|corepack|yarn)/.test(name)),
      [],
    );
    assert.equal(commands.includes('ltd-keeper'), true);
    assert.equal((await readdir(join(root, 'usr/local/lib'))).includes('node_modules'), false);
    assert.deepEqual(await readdir(join(root, 'var/lib/apt/lists')), []);
    assert.deepEqual({ uid, mode: mode & 0o777 }, { uid: 0, mode: 0o755 });
  });

  it('contains native code for this machine only', async () => {
    const binaries = (await filesIn(app)).filter((name) => name.endsWith('.node'));
    assert.equal(binaries.filter((name) => name.includes('core-bridge')).length, 1);
    const own = await machineOf(process.execPath);
    for (const name of binaries) assert.deepEqual(await machineOf(join(app, name)), own, name);
  });

  it('adds less than 300 MB of files to its base', async () => {
    const sizes = await Promise.all((await filesIn(app)).map(async (name) => (await lstat(join(app, name))).size));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(bytes < maxBytes, `${bytes} bytes`);
  });

  describe('the image as its user, with a read-only root file system and no capability', () => {
    let database: TestDatabase;
    let bucket: TestBucket;
    let settings: Readonly<Record<string, string>>;

    before(async () => {
      const temporal = await createTestNamespace();
      database = await createEmptyDatabase();
      bucket = await createTestBucket();
      settings = {
        HOST: '127.0.0.1',
        PORT: String(await freePort()),
        DATABASE_URL: database.url,
        LTD_KEEPER_SECRET_KEY: 'a key for the tests of the image',
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
    });
    after(async () => {
      bucket.close();
      await dropTestDatabase(database);
    });

    /** Runs the image's program to its end, or in the background with `--detach`. */
    async function runImage(options: readonly string[], ...args: readonly string[]): Promise<string> {
      const env = Object.entries(settings).map(([name, value]) => `--env=${name}=${value}`);
      return engine.podman('run', ...confinement, ...env, ...options, image, ...args);
    }

    it('starts the API by default, which refuses a database without a schema', async () => {
      const refused = runImage(['--rm']);
      await assert.rejects(refused, { code: 1, stderr: /Run 'ltd-keeper migrate', then start again\.\n$/ });
    });

    it('migrates, serves, publishes and exits with 0 when it is stopped', async () => {
      assert.match(await runImage(['--rm'], 'migrate'), /^applied 0001-initial$/m);
      for (const program of ['api', 'worker']) await runImage(['--detach', `--name=${program}`], program);
      await eventually(
        "the image's health check to pass",
        // It fails until the API answers.
        async () => engine.podman('healthcheck', 'run', 'api').then(() => true),
        timeoutMs,
      );
      const status = await engine.podman('exec', 'api', 'cat', '/proc/1/status');
      for (const line of confinedStatus) assert.match(status, line);
      await assert.rejects(engine.podman('exec', 'api', 'touch', '/tmp/file'), /Read-only file system/);
      assert.equal(await publish(), '<h1>From an image</h1>');
      await engine.podman('stop', '--time=60', 'api', 'worker');
      const codes = await engine.podman('inspect', '--format={{.State.ExitCode}}', 'api', 'worker');
      assert.equal(codes, '0\n0\n');
    });

    /** Publishes a site of one page through the API; returns the page that readers then get. */
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
      const task = await watchTask(client, await client.completeUpload(build));
      assert.equal(task.status, 'SUCCESS');
      return bucket.read('guide/v/main/index.html');
    }
  });
});

/** As strict as a cluster can be; without systemd, the test runs the health check itself. */
const confinement = [
  '--network=host',
  '--read-only',
  '--read-only-tmpfs=false',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--passwd=false',
  '--health-interval=disable',
  // Podman's own limits are too high for some machines.
  '--ulimit=nofile=4096:4096',
  '--ulimit=nproc=4096:4096',
];

const confinedStatus = [/^Uid:\s10001\s10001\s10001\s10001$/m, /^CapBnd:\s0+$/m, /^CapEff:\s0+$/m, /^NoNewPrivs:\s1$/m];

/** The tested part of `podman image inspect`. */
interface ImageFacts {
  /** In bytes. */
  readonly Size: number;
  readonly Healthcheck?: { readonly Test: readonly string[] };
  readonly Config: {
    readonly User: string;
    readonly Entrypoint: readonly string[];
    readonly Cmd: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
}

const expectedFolders = ['LICENSE', 'assets', 'bin', 'build', 'node_modules', 'package.json'];

/** Every file below a folder, by its path in the folder. */
async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();
}

/** npm's record of installed packages, and of a package's dependencies. */
interface Installed {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

/** Format and processor of a native file: for ELF the magic, the class and `e_machine`; for Mach-O its `cputype`. */
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
