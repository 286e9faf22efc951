import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../poll.js';
import { isAlive, signalGroup } from '../process-group.js';

/** Set in the environment of every process of a stack, to its folder. */
export const ownerVariable = 'LTD_DEV_STACK';

/** Records the processes of the stack in this folder, for the next one to clean up if this one is killed. */
export async function noteProcesses(folder: string, pids: readonly number[]): Promise<void> {
  const draft = join(folder, 'processes.draft');
  await writeFile(draft, JSON.stringify(pids));
  await rename(draft, join(folder, 'processes'));
}

/**
 * Kills the processes of an earlier stack in this folder. They exist only if both that stack and its guardian were
 * killed. The caller holds the folder's lock.
 */
export async function killLeftovers(folder: string): Promise<void> {
  const noted = await readFile(join(folder, 'processes'), 'utf8').catch(() => '[]');
  for (const pid of JSON.parse(noted) as readonly number[]) {
    if (!(await belongsTo(pid, folder))) continue;
    signalGroup(pid, 'SIGKILL');
    await poll(() => Promise.resolve(!isAlive(pid)), { what: `the old process ${pid} to be gone` });
  }
}

/** The id alone may belong to another process. Without /proc, this returns false. */
async function belongsTo(pid: number, folder: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(`${ownerVariable}=${folder}`);
}
