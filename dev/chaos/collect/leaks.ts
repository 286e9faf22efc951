import { readdir, readFile } from 'node:fs/promises';
import { ownerVariable } from '../../stack/processes-file.js';
import { type ChaosStack, observerName } from '../chaos-stack.js';

/** Two of the API and two workers, each with a pool of so many. */
const mostConnections = 4 * 10;

/** What a process of ours may hold after all that, in MiB: three times what it holds after its start. */
const mostMemory = 600;

/** Connections beyond what the pools may hold, and transactions left open. */
export async function collectConnections({ database }: ChaosStack): Promise<readonly string[]> {
  const { rows } = await database.query<{ name: string; state: string | null; query: string }>(
    `SELECT application_name AS name, state, query FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> $1`,
    [observerName],
  );
  const open = rows.filter(({ state }) => state?.startsWith('idle in transaction') === true);
  return [
    ...open.map(({ name, query }) => `${name} has a transaction open: ${query.slice(0, 200)}`),
    ...(rows.length > mostConnections
      ? [`${rows.length} connections, and the pools may hold ${mostConnections}`]
      : []),
  ];
}

/** Processes of the stack that it does not know, and those of ours that hold too much memory. */
export async function collectProcesses({ stack, folder }: ChaosStack): Promise<readonly string[]> {
  const known = new Map([...stack.processes()].map(([name, pid]) => [pid, name]));
  const found = await Promise.all(
    (await ownedBy(folder)).map(async (pid) => {
      const name = known.get(pid);
      if (name === undefined) return [`${pid} is none that the stack knows: ${await commandOf(pid)}`];
      const memory = await memoryOf(pid);
      return memory > mostMemory && /^(api|worker)/.test(name) ? [`${name} holds ${memory} MiB`] : [];
    }),
  );
  return found.flat();
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

async function commandOf(pid: number): Promise<string> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.replaceAll('\0', ' ').trim();
}

/** MiB. */
async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
}
