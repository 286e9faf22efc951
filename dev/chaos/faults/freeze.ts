import { readFile } from 'node:fs/promises';
import { signalProcess } from '../../process-group.js';

/**
 * Freezes a process and the children that it has (each of PostgreSQL's leads a group of its own), and answers how to
 * let them go on; undefined when there is no such process.
 */
export async function freeze(pid: number): Promise<(() => void) | undefined> {
  if (!signalProcess(pid, 'SIGSTOP')) return undefined;
  // Frozen, it makes no more of them. They outlive it where it is killed now.
  const children = await childrenOf(pid);
  for (const child of children) signalProcess(child, 'SIGSTOP');
  return () => {
    for (const each of [pid, ...children]) signalProcess(each, 'SIGCONT');
  };
}

/** None where there is no /proc. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}
