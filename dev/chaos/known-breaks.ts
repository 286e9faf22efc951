import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkout } from '../../scripts/paths.js';

/** Each file is a way to break the protocol: what `make chaos` must find. */
const folder = join(checkout, 'dev', 'chaos', 'breaks');

/** A way to break the service on purpose. */
export interface Break {
  readonly name: string;
  /** For `git apply`. */
  readonly patchFile: string;
  /** `SEED`, `DURATION` and, where it is not found with all of them in that time, `FAULTS`. */
  readonly variables: NodeJS.ProcessEnv;
}

/** The names of all, in order. */
export async function breakNames(): Promise<readonly string[]> {
  return (await readdir(folder)).map((file) => file.replace(/\.patch$/, '')).sort();
}

/** @throws {Error} that names the breaks, where there is no such one. */
export async function findBreak(name: string): Promise<Break> {
  const names = await breakNames();
  if (!names.includes(name)) throw new Error(`BREAK=${name} is not known: give one of ${names.join(', ')}`);
  const patchFile = join(folder, `${name}.patch`);
  return { name, patchFile, variables: variablesOf(await readFile(patchFile, 'utf8')) };
}

/** They stand at the head of the patch, one a line, as `SEED=7`. */
function variablesOf(patch: string): NodeJS.ProcessEnv {
  const [head = ''] = patch.split(/^--- /m);
  const variables: NodeJS.ProcessEnv = {};
  for (const [, name = '', value] of head.matchAll(/^([A-Z]+)=(.+)$/gm)) variables[name] = value;
  return variables;
}
