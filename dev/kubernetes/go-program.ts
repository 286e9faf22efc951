import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, checkout } from '../../scripts/paths.js';

const run = promisify(execFile);

/** A program that is built from the Go modules that a `go.mod` and its `go.sum` pin. */
export interface GoProgram {
  readonly name: string;
  /** The folder of its `go.mod`, within `dev/kubernetes/`. */
  readonly folder: string;
  /** The package to build. */
  readonly importPath: string;
  /** Variables of the program that are to hold something else than what its source says. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Where the program is, if it has been built. */
export async function builtGoProgram(
  program: GoProgram,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const path = await pathOf(program, env);
  return existsSync(path) ? path : undefined;
}

/**
 * Where the program is; built before, into the cache, where it is not there yet.
 *
 * @throws {Error} that says what failed and what mends it.
 */
export async function goProgram(program: GoProgram, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const path = await pathOf(program, env);
  if (!existsSync(path)) await build(program, path);
  return path;
}

/** The folder of a Go module that the `go.mod` in this folder pins, fetched by Go into its own cache. */
export async function goModule(folder: string, module: string): Promise<string> {
  const { stdout } = await go(['mod', 'download', '-json', module], folder).catch((cause: unknown) => {
    throw new Error(failure(`The Go module ${module} could not be fetched`, cause), { cause });
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir; // what this command prints
}

/** Named after what it is built from, so that another version is another file. */
async function pathOf({ name, folder }: GoProgram, env: NodeJS.ProcessEnv): Promise<string> {
  const digest = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) digest.update(await readFile(join(folderOf(folder), file)));
  const version = digest.digest('hex').slice(0, 16);
  return join(cacheDirectory(env), `${name}-${version}-${platform()}-${arch()}`);
}

/** Moved into place when whole, so that an interruption leaves nothing half built. */
async function build({ name, folder, importPath, variables = {} }: GoProgram, path: string): Promise<void> {
  const draft = join(dirname(path), `draft-${randomUUID()}`);
  await mkdir(dirname(path), { recursive: true });
  process.stderr.write(`Building ${name} from Go's modules into ${dirname(path)} ...\n`);
  const set = Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`);
  const flags = ['-trimpath', '-ldflags', ['-s', '-w', ...set].join(' ')];
  try {
    await go(['build', ...flags, '-o', draft, importPath], folder);
    await rename(draft, path);
  } catch (cause) {
    throw new Error(failure(`${name} could not be built`, cause), { cause });
  } finally {
    await rm(draft, { force: true });
  }
}

function go(args: readonly string[], folder: string): Promise<{ stdout: string }> {
  return run('go', args, { cwd: folderOf(folder), maxBuffer: 64 * 1024 ** 2 });
}

function folderOf(folder: string): string {
  return join(checkout, 'dev', 'kubernetes', folder);
}

function failure(what: string, cause: unknown): string {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return `${what}: ${reason}\nSee that Go 1.24 or newer is installed (https://go.dev/dl) and that the network is up, then run the same command again.`;
}
