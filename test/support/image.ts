import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildTree, type ImageTree } from '../../dev/image/build-tree.js';
import { cacheDirectory, checkout } from '../../dev/paths.js';
import { type RunningProcess, startProcess } from '../../dev/start-process.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { testFolder } from './servers.js';

const run = promisify(execFile);

/** The image of this checkout, as a tree of files. npm takes its packages from the cache where they are there. */
export async function buildImageTree(): Promise<ImageTree> {
  const folder = await temporaryFolder('image');
  const npmCache = join(cacheDirectory(), 'npm');
  const env = existsSync(npmCache)
    ? { npm_config_cache: npmCache, npm_config_prefer_offline: 'true' }
    : undefined;
  await mkdir(join(folder, 'stages'));
  return buildTree({ context: checkout, folder: join(folder, 'stages'), ...(env && { env }) });
}

/** A program in an image, as a container engine would start it. */
export interface Container {
  /** What follows the entry point. @default the image's own */
  readonly args?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts it; its log is a file. */
export async function startContainer(tree: ImageTree, container: Container): Promise<RunningProcess> {
  const [command = '', ...args] = commandLine(tree, container.args);
  return startProcess({
    name: args.at(-1) ?? command,
    command,
    args,
    logFile: join(await testFolder(), `container-${randomUUID()}.log`),
    env: environment(tree, container),
  });
}

/** Runs it to its end, and answers what it printed. Rejects where it fails. */
export async function runContainer(tree: ImageTree, container: Container): Promise<string> {
  const [command = '', ...args] = commandLine(tree, container.args);
  const { stdout } = await run(command, args, { cwd: '/', env: environment(tree, container) });
  return stdout;
}

function environment({ environment: own }: ImageTree, { env }: Container): NodeJS.ProcessEnv {
  // Node hands this one on by itself, and what it names cannot be written to here.
  return { PATH: process.env['PATH'], NODE_V8_COVERAGE: '', ...own, ...env };
}

function commandLine(tree: ImageTree, args = tree.command): readonly string[] {
  const entry = tree.entrypoint.map((word) => (word === 'ltd-keeper' ? installedCommand(tree) : word));
  return [...confined(tree), ...(hasTini() ? entry : entry.slice(entry.indexOf('--') + 1)), ...args];
}

/** Where the link leads that the image's last RUN makes for it. */
function installedCommand({ root, left }: ImageTree): string {
  const target = /ln -s (\S+) \/usr\/local\/bin\/ltd-keeper\b/.exec(left.join('\n'))?.[1];
  if (target === undefined) throw new Error('The Dockerfile links no ltd-keeper.');
  return join(root, target);
}

/** Whether signals go through tini here, too. */
export function hasTini(): boolean {
  return spawnSync('tini', ['--version']).status === 0;
}

/**
 * How much of a container's confinement this machine grants: `root` starts it as the image's user on a root file system
 * that is read-only to it; anybody else, where the kernel lets him, on a read-only one; `none`: as himself.
 */
export type Confinement = 'root' | 'user' | 'none';

/** @see Confinement */
export function confinement(): Confinement {
  const kinds = process.getuid?.() === 0 ? (['root'] as const) : (['user'] as const);
  const works = (kind: 'root' | 'user'): boolean =>
    spawnSync('unshare', [...spaces[kind], 'true']).status === 0;
  return kinds.find(works) ?? 'none';
}

const readOnly = 'mount -o remount,bind,ro / && exec "$@"';
const spaces = {
  root: ['--mount', 'sh', '-c', readOnly, 'sh'],
  user: ['--user', '--map-root-user', '--mount', 'sh', '-c', readOnly, 'sh'],
} as const;

function confined({ user: { uid, gid } }: ImageTree): readonly string[] {
  const kind = confinement();
  if (kind === 'none') return [];
  if (kind === 'user') return ['unshare', ...spaces.user];
  const as = ['setpriv', '--reuid', String(uid), '--regid', String(gid), '--clear-groups', '--no-new-privs'];
  return ['unshare', ...spaces.root, ...as];
}
