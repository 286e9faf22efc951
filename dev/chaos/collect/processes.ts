import { readdir, readFile, readlink } from 'node:fs/promises';
import { ownerVariable } from '../../stack/processes-file.js';
import type { ChaosStack } from '../chaos-stack.js';
import type { FinalProcess, FinalState } from '../final-state.js';

/** The processes of the API and the workers with what they hold, and those of the stack that it does not know. */
export async function collectProcesses({
  stack,
  folder,
}: ChaosStack): Promise<Pick<FinalState, 'processes' | 'strays'>> {
  const known = [...stack.processes()];
  const pids = new Set(known.map(([, pid]) => pid));
  const port = Number(new URL(stack.variables()['DATABASE_URL'] ?? '').port);
  const ours = known.filter(([name]) => /^(api|worker)/.test(name));
  const strange = (await ownedBy(folder)).filter((pid) => !pids.has(pid));
  return {
    processes: await Promise.all(ours.map(([name, pid]) => processOf(name, pid, port))),
    strays: await Promise.all(
      strange.map(async (pid) => `${pid} is none that the stack knows: ${await commandOf(pid)}`),
    ),
  };
}

/** Processes that the stack of a folder started (where there is /proc). */
export async function ownedBy(folder: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const owned = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(`${ownerVariable}=${folder}`) ? [Number(pid)] : [];
    }),
  );
  return owned.flat();
}

/** What a process holds; nothing where there is no /proc. `port` is PostgreSQL's. */
async function processOf(name: string, pid: number, port: number): Promise<FinalProcess> {
  const descriptors = await descriptorsOf(pid);
  const sockets = await socketsTo(port);
  return {
    name,
    memory: await memoryOf(pid),
    descriptors: descriptors.length,
    connections: descriptors.filter((what) => sockets.has(what)).length,
  };
}

/** What each descriptor is of: `socket:[4711]`. */
async function descriptorsOf(pid: number): Promise<readonly string[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  return Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')));
}

/** The sockets of this machine that are connected to a port, as descriptors name them. */
async function socketsTo(port: number): Promise<ReadonlySet<string>> {
  const table = await readFile('/proc/net/tcp', 'utf8').catch(() => '');
  const connected = table.split('\n').flatMap((line) => {
    const [, , remote = '', state, , , , , , inode] = line.trim().split(/\s+/);
    const isMeant = state === established && parseInt(remote.split(':')[1] ?? '', 16) === port;
    return isMeant ? [`socket:[${inode}]`] : [];
  });
  return new Set(connected);
}

/** Of `/proc/net/tcp`. */
const established = '01';

async function commandOf(pid: number): Promise<string> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.replaceAll('\0', ' ').trim();
}

/** MiB. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
}
