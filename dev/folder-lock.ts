import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { checkout } from '../scripts/paths.js';

/** Held until it is released or this process ends, in whatever way. */
export interface FolderLock {
  release(): void;
}

/** Takes the lock of a folder, which is kept in the file `lock` in it; undefined when another process has it. */
export async function lockFolder(folder: string): Promise<FolderLock | undefined> {
  const script = join(checkout, 'dev', 'setup', 'lock.py');
  // Its own session: Ctrl-C is for us, and we may need the lock a while longer.
  const holder = spawn('python3', [script, 'hold', join(folder, 'lock')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const answer = await new Promise<string>((resolve, reject) => {
    holder.once('error', reject);
    const lines = createInterface({ input: holder.stdout });
    lines.once('line', resolve);
    lines.once('close', () => {
      resolve('');
    });
  });
  if (answer === 'busy') return undefined;
  if (answer !== 'held') throw new Error(`${folder} could not be locked (python3 ${script})`);
  return {
    release: () => {
      holder.stdin.end();
    },
  };
}
