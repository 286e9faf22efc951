import { execFile, spawnSync } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, checkout } from '../../scripts/paths.js';
import { startProcess } from '../../dev/start-process.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { npmCacheInBase, standInBase } from './base-image.js';
import { eventually } from './eventually.js';

const run = promisify(execFile);

/** Debian packages of the engine, each with a command of the same name. */
const packages = ['podman', 'runc', 'mmdebstrap'];

/** Podman with its own storage, in its own namespaces of mounts and processes. */
export interface ContainerEngine {
  /** Runs podman; returns its standard output. Throws an error with its standard error. */
  podman(...args: readonly string[]): Promise<string>;
  /**
   * Runs `make image` in the checkout, on a stand-in for the Dockerfile's base, or with `BASE=pull` on that base.
   * Returns the name of the image.
   */
  makeImage(): Promise<string>;
  /** The path in this process of one that is mounted for podman only. */
  hostPath(path: string): string;
  /** Stops and deletes all containers and images. */
  close(): Promise<void>;
}

/**
 * Tests that need the engine. They are skipped where it cannot run, with the reason in the title; in CI root must be
 * able to run it.
 */
export function describeWithEngine(title: string, tests: (this: Mocha.Suite) => void): void {
  const reason = whyNoEngine();
  if (reason === undefined) describe(title, tests);
  else describe.skip(`${title} (skipped: ${reason})`, tests);
}

/** The reason why this machine cannot run the engine, with the command that helps; undefined when it can. */
function whyNoEngine(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can build and run it';
  if (process.env['CI'] === 'true') return undefined;
  const missing = packages.filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (missing.length === 0) return undefined;
  return `there is no ${missing.join(', no ')}; apt-get install --yes --no-install-recommends ${missing.join(' ')}`;
}

/**
 * Starts the engine. Its namespaces, with every container and mount, end with this process, however it ends. The
 * guardian deletes the storage.
 *
 * @throws {Error} where the kernel refuses the namespaces.
 */
export async function startContainerEngine(): Promise<ContainerEngine> {
  const folder = await temporaryFolder('ltd-image');
  const logFile = join(folder, 'namespaces.log');
  const spaces = await startProcess({
    name: 'the namespaces of the container engine',
    command: 'unshare',
    args: [
      '--mount',
      '--pid',
      '--fork',
      '--kill-child=SIGKILL',
      '--mount-proc',
      'sh',
      '-c',
      'echo ready; exec sleep infinity',
    ],
    logFile,
    stopSignal: 'SIGKILL',
  });
  await eventually('the namespaces of the container engine', async () => {
    const log = await readFile(logFile, 'utf8');
    if (spaces.exit() !== undefined) throw new Error(`unshare failed: ${log}`);
    return log === 'ready\n';
  });
  const proc = `/proc/${spaces.pid}`;
  const enter = [`--mount=${proc}/ns/mnt`, `--pid=${proc}/ns/pid_for_children`, '--'];
  const podman = ['podman', ...globalOptions(folder)];
  const inside = async (...command: readonly string[]): Promise<string> => {
    const { stdout } = await run('nsenter', [...enter, ...command], {
      env: buildEnvironment(),
      maxBuffer: 2 ** 26,
    });
    return stdout;
  };
  /** The stand-in base as an image, with the host's npm cache mounted into it. */
  const standInOptions = async (): Promise<readonly string[]> => {
    const base = 'localhost/node:24';
    await engine.podman('import', await standInBase(inside), base);
    const npmCache = join(cacheDirectory(), 'npm');
    await mkdir(npmCache, { recursive: true });
    return [`--build-arg=NODE_IMAGE=${base}`, `--volume=${npmCache}:${npmCacheInBase}`];
  };
  const engine: ContainerEngine = {
    podman: (...args) => inside(...podman, ...args),
    makeImage: async () => {
      const options = process.env['BASE'] === 'pull' ? [] : await standInOptions();
      // With low priority, since other tests run beside it. nsenter changes the working directory.
      const make = ['nice', 'make', '--directory', checkout, 'image'];
      await inside(...make, `DOCKER=${podman.join(' ')}`, `IMAGE_OPTIONS=${options.join(' ')}`);
      const format = '--format={{.Repository}}:{{.Tag}}';
      const [name = ''] = (await engine.podman('images', format, 'ltd-keeper')).split('\n');
      return name;
    },
    hostPath: (path) => `${proc}/root${path}`,
    close: async () => {
      await engine.podman('rm', '--all', '--force', '--time=0');
      await spaces.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return engine;
}

/** Works without systemd, and on kernels with the first version of cgroups. */
function globalOptions(folder: string): readonly string[] {
  const folders = [`--root=${folder}/storage`, `--runroot=${folder}/run`, `--tmpdir=${folder}/tmp`];
  return [...folders, '--storage-driver=overlay', '--cgroup-manager=cgroupfs', '--runtime=runc'];
}

/** Layers are not cached, since nothing is built twice. The settings of make and npm that run the tests are removed. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const build = { BUILDAH_ISOLATION: 'chroot', BUILDAH_LAYERS: 'false' };
  const outer = { MAKEFLAGS: undefined, MFLAGS: undefined, MAKELEVEL: undefined, NODE: undefined };
  return { ...process.env, ...build, ...outer, NODE_V8_COVERAGE: undefined };
}
