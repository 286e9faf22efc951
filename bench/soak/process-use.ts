import { readdir, readFile } from 'node:fs/promises';

/** The resources of a process. */
export interface ProcessUse {
  /** Resident memory, in MiB. */
  readonly memory: number;
  /** Open files, pipes and sockets. */
  readonly descriptors: number;
}

/** Linux only, by /proc: proc(5). */
export async function processUse(pid: number): Promise<ProcessUse> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { memory: kibibytes / 1_024, descriptors: (await readdir(`/proc/${pid}/fd`)).length };
}
