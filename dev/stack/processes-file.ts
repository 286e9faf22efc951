import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../poll.js';
import { isAlive, signalGroup } from '../process-group.js';

/** In the environment of every process of a stack: whose it is. */
export const ownerVariable = 'LTD_DEV_STACK';

/** Notes which processes the stack in this folder runs, for the next one to clear away if this one is killed. */
export async function noteProcesses(folder: string, pids: readonly number[]): Promise<void> {
  const draft = join(folder, 'processes.draft');
  await writeFile(draft, JSON.stringify(pids));
  await rename(draft, join(folder, 'processes'));
}

/**
 * Kills what an earlier stack in this folder left running. It can only have left anything if it and its guardian were
 * both killed by force. The caller holds the folder's lock.
 */
export async function killLeftovers(folder: string): Promise<void> {
  const noted = await readFile(join(folder, 'processes'), 'utf8').catch(() => '[]');
  for (const pid of JSON.parse(noted) as readonly number[]) {
    if (!(await belongsTo(pid, folder))) continue;
    signalGroup(pid, 'SIGKILL');
    await poll(() => Promise.resolve(!isAlive(pid)), { what: `the old process ${pid} to be gone` });
  }
}

/** The number alone could by now be anybody's. (Where there is no /proc nothing is taken for ours.) */
async function belongsTo(pid: number, folder: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(`${ownerVariable}=${folder}`);
}
