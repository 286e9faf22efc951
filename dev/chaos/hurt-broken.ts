import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeBrokenCopy } from './broken-copy.js';
import type { Break } from './known-breaks.js';

/** What chaos found in a copy that is broken. */
export interface Finding {
  readonly name: string;
  /** The names of the checks that were violated; none: it was not found. */
  readonly checks: readonly string[];
}

/**
 * Lets chaos hurt a copy that is broken in this way, with the seed that is known to find it unless `env` has another.
 */
export async function hurtBroken(broken: Break, env: NodeJS.ProcessEnv, say: (text: string) => void): Promise<Finding> {
  say(`Compiling a copy that is broken: ${broken.name}\n`);
  const folder = await makeBrokenCopy(broken);
  const child = spawn(process.execPath, [join(folder, 'build', 'dev', 'chaos', 'main.js')], {
    cwd: folder,
    env: { ...broken.variables, ...withoutEmpty(env), BREAK: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Buffer[] = [];
  child.stdout.on('data', (text: Buffer) => {
    said.push(text);
    say(text.toString());
  });
  await once(child, 'close');
  return { name: broken.name, checks: checksIn(Buffer.concat(said).toString()) };
}

/** `FAULTS=` means no choice, as where it is not set. */
function withoutEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

/** As a run names them when it has failed. */
function checksIn(output: string): readonly string[] {
  const names = [...output.matchAll(/^VIOLATION {2}([^:]+):/gm)].map(([, name = '']) => name);
  return [...new Set(names)];
}
