import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, checkout } from '../../scripts/paths.js';

const run = promisify(execFile);

/** A program to build from the Go modules that a `go.mod` and its `go.sum` pin. */
export interface GoProgram {
  readonly name: string;
  /** The folder of its `go.mod`, within `dev/kubernetes/`. */
  readonly folder: string;
  /** The package to build. */
  readonly importPath: string;
  /** Values for variables of the program, set at the link. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Returns the program's path if it is built. */
export async function builtGoProgram(
  program: GoProgram,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string | undefined> {
  const path = await pathOf(program, env);
  return existsSync(path) ? path : undefined;
}

/**
 * Returns the program's path; builds it into the cache first if needed. @throws {Error} with the cause and the remedy.
 */
export async function goProgram(program: GoProgram, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const path = await pathOf(program, env);
  if (!existsSync(path)) await build(program, path);
  return path;
}

/** The folder of a Go module that the `go.mod` in `folder` pins. Go fetches it into its own cache. */
export async function goModule(folder: string, module: string): Promise<string> {
  const { stdout } = await go(['mod', 'download', '-json', module], folder).catch((cause: unknown) => {
    throw new Error(failure(`The Go module ${module} could not be fetched`, cause), { cause });
  });
  return (JSON.parse(stdout) as { Dir: string }).Dir; // what this command prints
}

/** The name contains a digest of its sources, so that another version is another file. */
async function pathOf({ name, folder }: GoProgram, env: NodeJS.ProcessEnv): Promise<string> {
  const digest = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) digest.update(await readFile(join(folderOf(folder), file)));
  const version = digest.digest('hex').slice(0, 16);
  return join(cacheDirectory(env), `${name}-${version}-${platform()}-${arch()}`);
}

/** Moves the program into place when complete, so interruptions are safe. */
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
  return (
    `${what}: ${reason}\nInstall Go 1.24 or newer (https://go.dev/dl), check the network, ` +
    'then run the same command again.'
  );
}
