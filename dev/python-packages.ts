import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, checkout } from '../scripts/paths.js';

const run = promisify(execFile);

const pip = ['-m', 'pip', '--disable-pip-version-check', '--no-input'];

/** Wheels only, so that no package runs code during its installation. */
const wheelsOnly = ['--no-deps', '--only-binary', ':all:', '--require-hashes'];

/**
 * Installs the packages of the lock file `dev/<lock>.txt` once into the cache, and returns their folder for
 * `PYTHONPATH`; commands are in its `bin`. It keeps the wheels, since pip always queries its index: only the first run
 * needs a network. It uses no virtual environment, because Debian's python3 needs a further package for one. @throws
 * {Error} with the cause and the command that mends it.
 */
export async function pythonPackages(lock: string, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const requirements = join(checkout, 'dev', `${lock}.txt`);
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const cache = cacheDirectory(env);
  const folder = join(cache, `${lock}-${await pythonTag(env)}-${digest.slice(0, 16)}`);
  if (!existsSync(folder)) await install(cache, { lock, requirements, folder, env });
  return folder;
}

/** The tag of compiled wheels, such as `cpython-311`. */
async function pythonTag(env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run('python3', ['-c', 'import sys; print(sys.implementation.cache_tag)'], { env });
  return stdout.trim();
}

interface Installation {
  readonly lock: string;
  /** The lock file. */
  readonly requirements: string;
  readonly folder: string;
  /** pip's environment. */
  readonly env: NodeJS.ProcessEnv;
}

async function install(cache: string, { lock, requirements, folder, env }: Installation): Promise<void> {
  // One folder per lock file: pip takes any wheel of the right version, then refuses one with another lock file's hash.
  const wheels = join(cache, 'wheels', lock);
  const draft = join(cache, `draft-${randomUUID()}`);
  await mkdir(wheels, { recursive: true });
  await mkdir(draft);
  try {
    const installed = { lock, requirements, env, folder: join(draft, 'installed') };
    await fromWheels(wheels, installed).catch(async () => {
      await download(wheels, { lock, requirements, env, folder: join(draft, 'wheels') });
      await rm(installed.folder, { recursive: true, force: true });
      await fromWheels(wheels, installed);
    });
    await putInPlace(installed.folder, folder);
  } catch (error) {
    throw new Error(
      [
        `The packages of dev/${lock}.txt could not be installed into ${folder}: ${lastLine(error)}`,
        'See that python3 is as new as the lock file says and has pip (Debian: apt-get install ' +
          'python3-pip) and that the network is up, then run the same command again.',
      ].join('\n'),
      { cause: error },
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function fromWheels(wheels: string, { requirements, folder, env }: Installation): Promise<void> {
  const local = ['--no-index', '--find-links', wheels];
  const what = ['--target', folder, '-r', requirements];
  await run('python3', [...pip, 'install', ...wheelsOnly, ...local, ...what], { env });
}

/** Downloads into a draft folder and moves complete wheels, so interruptions are safe. */
async function download(wheels: string, { lock, requirements, folder, env }: Installation): Promise<void> {
  process.stderr.write(`Fetching the packages of dev/${lock}.txt into ${wheels} ...\n`);
  await run('python3', [...pip, 'download', ...wheelsOnly, '--dest', folder, '-r', requirements], { env });
  for (const name of await readdir(folder)) await rename(join(folder, name), join(wheels, name));
}

/** A concurrent run may have finished first, with the same content. */
async function putInPlace(draft: string, folder: string): Promise<void> {
  await rename(draft, folder).catch((error: unknown) => {
    if (!existsSync(folder)) throw error;
  });
}

function lastLine(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  const lines = said.split('\n').filter((line) => /error/i.test(line));
  return lines.at(-1)?.trim() ?? (error instanceof Error ? error.message : String(error));
}
