import { readdir, readFile } from 'node:fs/promises';

/** The unit of times in /proc is 1/100 s on every architecture of Node.js. Milliseconds. */
const tick = 10;

/** Returns the CPU time of a process and its children so far, in milliseconds. Null on systems other than Linux. */
export async function processCpu(pid: number): Promise<number | null> {
  const all = await statistics();
  if (all === null) return null;
  let sum = 0;
  const family = new Set([pid]);
  // Repeats until it finds no further child, because a child may precede its parent in the list.
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid: child, parent } of all) if (family.has(parent)) family.add(child);
  }
  for (const { pid: each, ticks } of all) if (family.has(each)) sum += ticks;
  return sum * tick;
}

interface Statistic {
  readonly pid: number;
  readonly parent: number;
  /** User and system time, also of ended children. */
  readonly ticks: number;
}

async function statistics(): Promise<readonly Statistic[] | null> {
  const names = await readdir('/proc').catch(() => null);
  if (names === null) return null;
  const read = names
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readFile(`/proc/${name}/stat`, 'utf8').then(parse, () => null));
  const found = (await Promise.all(read)).flatMap((one) => one ?? []);
  return found.length === 0 ? null : found;
}

/** The fields after the name, which may contain spaces and parentheses (proc(5)). */
function parse(line: string): Statistic {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const at = (index: number): number => Number(fields[index] ?? 0);
  return { pid: Number.parseInt(line, 10), parent: at(1), ticks: at(11) + at(12) + at(13) + at(14) };
}
