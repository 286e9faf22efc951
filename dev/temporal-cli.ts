import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { fetchTemporal } from './fetch-temporal.js';
import { cacheDirectory } from '../scripts/paths.js';
import { temporalVersion } from './temporal-pin.js';

const run = promisify(execFile);

/**
 * Returns the path of a `temporal` command of at least the pinned version: from `TEMPORAL_CLI`, PATH, or the cache,
 * else fetched into the cache. @throws {Error} with the cause and the command that mends it.
 */
export async function temporalCli(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const chosen = env['TEMPORAL_CLI'];
  if (chosen !== undefined && chosen !== '') return checked(chosen);
  const installed = await newEnough(onPath(env['PATH'] ?? ''));
  if (installed !== undefined) return installed;
  const cached = join(cacheDirectory(env), `temporal-${temporalVersion}-${platform()}-${arch()}`);
  if (!existsSync(cached)) await fetchTemporal(cached);
  return cached;
}

async function checked(path: string): Promise<string> {
  const version = await versionOf(path).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message.trim() : String(cause);
    throw new Error(
      `TEMPORAL_CLI=${path} cannot be run (${why}). Give the path of the temporal command, or: unset TEMPORAL_CLI`,
      { cause },
    );
  });
  if (isAtLeast(version, temporalVersion)) return path;
  throw new Error(
    `TEMPORAL_CLI=${path} is version ${version}; ${temporalVersion} or newer is needed. ` +
      'Upgrade it, or: unset TEMPORAL_CLI',
  );
}

function onPath(path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, 'temporal'))
    .find((file) => existsSync(file));
}

/** Skips an old or broken command, because the user did not name it. */
async function newEnough(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const version = await versionOf(path).catch(() => '0.0.0');
  return isAtLeast(version, temporalVersion) ? path : undefined;
}

/** It prints `temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)`. */
async function versionOf(path: string): Promise<string> {
  const { stdout } = await run(path, ['--version']);
  const version = /^temporal version (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`it printed no version: ${stdout.slice(0, 100)}`);
  return version;
}

/** Compares `major.minor.patch` by number. */
export function isAtLeast(version: string, floor: string): boolean {
  const [have, need] = [version, floor].map((text) => text.split('.').map(Number));
  for (const [index, wanted] of (need ?? []).entries()) {
    const found = have?.[index] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}
