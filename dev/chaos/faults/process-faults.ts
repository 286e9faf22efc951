import { signalProcess } from '../../process-group.js';
import type { ChaosStack } from '../chaos-stack.js';
import type { AppliedFault, Fault } from './fault.js';
import type { processFaults } from './fault-kinds.js';
import { freeze } from './freeze.js';

/** Which processes a fault can hit: the beginning of their names. */
type Hit = { readonly of: string; readonly how: 'kill' | 'stop' | 'freeze' };

const hits: Readonly<Record<(typeof processFaults)[number], Hit>> = {
  'kill a worker': { of: 'worker', how: 'kill' },
  'kill an api': { of: 'api', how: 'kill' },
  'kill temporal': { of: 'temporal', how: 'kill' },
  'kill postgres': { of: 'postgres', how: 'kill' },
  'kill the object store': { of: 'object-store', how: 'kill' },
  'stop a worker': { of: 'worker', how: 'stop' },
  'stop an api': { of: 'api', how: 'stop' },
  'freeze a worker': { of: 'worker', how: 'freeze' },
  'freeze a worker beyond its lease': { of: 'worker', how: 'freeze' },
  'freeze an api': { of: 'api', how: 'freeze' },
  'freeze temporal': { of: 'temporal', how: 'freeze' },
  'freeze postgres': { of: 'postgres', how: 'freeze' },
  'freeze the object store': { of: 'object-store', how: 'freeze' },
};

/** Sends a signal to a process, which the stack starts again; a frozen one goes on at the end, if it is still there. */
export function processFault(kind: (typeof processFaults)[number]): Fault {
  const { of, how } = hits[kind];
  return ({ stack }, { victim }) => strike(stack, { of, how, victim });
}

async function strike(
  stack: ChaosStack['stack'],
  { of, how, victim }: Hit & { victim: number },
): Promise<AppliedFault> {
  const found = victimOf(stack, { of, victim });
  if (found === undefined) throw new Error('no such process');
  const { name, pid } = found;
  const detail = `${name}, pid ${pid}`;
  if (how === 'freeze') {
    const thaw = await freeze(pid);
    if (thaw === undefined) throw new Error(`${detail} was gone already`);
    return {
      detail,
      end: () => {
        thaw();
        return Promise.resolve();
      },
    };
  }
  if (!signalProcess(pid, how === 'kill' ? 'SIGKILL' : 'SIGTERM')) throw new Error(`${detail} was gone already`);
  return { detail };
}

/** One of the processes whose names begin so; `victim` chooses, from 0 to 1. */
export function victimOf(
  stack: ChaosStack['stack'],
  { of, victim }: { readonly of: string; readonly victim: number },
): { readonly name: string; readonly pid: number } | undefined {
  const candidates = [...stack.processes()].filter(([name]) => name.startsWith(of));
  const [name, pid] = candidates[Math.floor(victim * candidates.length)] ?? [];
  return name === undefined || pid === undefined ? undefined : { name, pid };
}
