import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { execForm, type Instruction, pairsOf, parseDockerfile, type Stage } from './dockerfile.js';

/** What an image holds and how it is started. */
export interface ImageTree {
  /** The folder that stands for the image's root: what is `/app` in the image is `<root>/app`. */
  readonly root: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Numbers, as `USER 10001:10001` says them. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Commands that were not run: they change the image's system, which here is the machine's own. */
  readonly left: readonly string[];
}

/** Where a build takes from and where it puts to. */
export interface BuildOptions {
  /** The folder with the Dockerfile. */
  readonly context: string;
  /** An empty folder; each stage gets one in it. */
  readonly folder: string;
  /** More of the environment of its commands. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Follows the Dockerfile without a container engine: every COPY, and every RUN but those of the last stage. What the
 * .dockerignore leaves out is not there, as in a real build.
 *
 * @throws {Error} with the output of the command that failed.
 */
export async function buildTree(options: BuildOptions): Promise<ImageTree> {
  const { stages } = parseDockerfile(await readFile(join(options.context, 'Dockerfile'), 'utf8'));
  const allowed = allowedPaths(await readFile(join(options.context, '.dockerignore'), 'utf8'));
  const last = stages.at(-1);
  if (last === undefined) throw new Error('The Dockerfile has no stage.');
  const roots = new Map<string, string>();
  for (const stage of stages) {
    const name = stage.name ?? 'image';
    const root = join(options.folder, name);
    const environment = { ...options.env };
    await followStage(stage, { ...options, allowed, roots, root, environment, runs: stage !== last });
    roots.set(name, root);
  }
  return { ...startOf(last), root: join(options.folder, last.name ?? 'image') };
}

interface Following extends BuildOptions {
  readonly allowed: ReadonlySet<string>;
  /** Of the stages before, by name. */
  readonly roots: ReadonlyMap<string, string>;
  readonly root: string;
  readonly environment: Record<string, string>;
  readonly runs: boolean;
}

async function followStage(stage: Stage, following: Following): Promise<void> {
  let folder = following.root;
  for (const instruction of stage.instructions) {
    const { keyword, rest } = instruction;
    if (keyword === 'WORKDIR') folder = join(following.root, resolve('/', rest));
    if (keyword === 'ENV') Object.assign(following.environment, Object.fromEntries(pairsOf(instruction)));
    await mkdir(folder, { recursive: true });
    if (keyword === 'COPY') await copy(rest, folder, following);
    if (keyword === 'RUN' && following.runs) await run(rest, folder, following.environment);
  }
}

/** `COPY [--from=stage] source... target`; a target that ends in a slash is a folder. */
async function copy(rest: string, folder: string, following: Following): Promise<void> {
  const words = rest.split(/\s+/);
  const from = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined;
  const target = words.pop() ?? '';
  const into = join(target.startsWith('/') ? following.root : folder, target);
  for (const source of words) {
    const path = from === undefined ? contextPath(source, following) : stagePath(from, source, following);
    // Of a folder the contents are copied, of a file the file.
    const place = source.endsWith('/') ? into : target.endsWith('/') ? join(into, basename(source)) : into;
    await cp(path, place, { recursive: true, verbatimSymlinks: true });
  }
}

function contextPath(source: string, { context, allowed }: Following): string {
  const parts = source.replace(/\/$/, '').split('/');
  const known = parts.some((_, index) => allowed.has(parts.slice(0, index + 1).join('/')));
  if (known) return join(context, source);
  throw new Error(`COPY ${source}: .dockerignore leaves it out`);
}

function stagePath(name: string, source: string, { roots }: Following): string {
  const root = roots.get(name);
  if (root === undefined) throw new Error(`COPY --from=${name}: there is no such stage before`);
  return join(root, source);
}

/** Our .dockerignore first leaves out everything, then names what is let in. */
function allowedPaths(text: string): ReadonlySet<string> {
  const [everything, ...lines] = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  if (everything !== '*' || !lines.every((line) => line.startsWith('!')))
    throw new Error('.dockerignore: the first line must be *, each other one !path');
  return new Set(lines.map((line) => line.slice(1)));
}

async function run(command: string, cwd: string, environment: Record<string, string>): Promise<void> {
  const child = spawn('sh', ['-c', command], { cwd, env: { ...process.env, ...environment } });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`RUN ${command}\nended with ${code}:\n${said}`);
}

function startOf({ instructions }: Stage): Omit<ImageTree, 'root'> {
  const all = (keyword: string): readonly Instruction[] =>
    instructions.filter((each) => each.keyword === keyword);
  const only = (keyword: string): Instruction => {
    const [found, more] = all(keyword);
    if (found === undefined || more !== undefined) throw new Error(`The last stage needs one ${keyword}.`);
    return found;
  };
  const [uid = NaN, gid = NaN] = only('USER').rest.split(':').map(Number);
  return {
    entrypoint: execForm(only('ENTRYPOINT')),
    command: execForm(only('CMD')),
    environment: Object.fromEntries(all('ENV').flatMap((each) => [...pairsOf(each)])),
    user: { uid, gid },
    left: all('RUN').map(({ rest }) => rest),
  };
}
