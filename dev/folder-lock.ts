import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { checkout } from '../scripts/paths.js';

/** A lock that is held until its release or the end of this process. */
export interface FolderLock {
  release(): void;
}

/** Locks a folder by the file `lock` in it. Returns undefined when another process holds the lock. */
export async function lockFolder(folder: string): Promise<FolderLock | undefined> {
  const script = join(checkout, 'dev', 'setup', 'lock.py');
  // In its own session, so that Ctrl-C does not end it before this process.
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
