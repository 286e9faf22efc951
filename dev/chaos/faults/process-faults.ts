import { signalProcess } from '../../process-group.js';
import type { ChaosStack } from '../chaos-stack.js';
import type { AppliedFault, Fault } from './fault.js';
import type { processFaults } from './fault-plan.js';

/** Which processes a fault can hit: the beginning of their names. */
type Hit = { readonly of: string; readonly how: 'kill' | 'freeze' };

const hits: Readonly<Record<(typeof processFaults)[number], Hit>> = {
  'kill a worker': { of: 'worker', how: 'kill' },
  'kill an api': { of: 'api', how: 'kill' },
  'kill temporal': { of: 'temporal', how: 'kill' },
  'kill postgres': { of: 'postgres', how: 'kill' },
  'kill the object store': { of: 'object-store', how: 'kill' },
  'freeze a worker': { of: 'worker', how: 'freeze' },
  'freeze a worker beyond its lease': { of: 'worker', how: 'freeze' },
  'freeze the object store': { of: 'object-store', how: 'freeze' },
};

/** Sends a signal to a process; a frozen one goes on at the end, if it is still there. */
export function processFault(kind: (typeof processFaults)[number]): Fault {
  const { of, how } = hits[kind];
  return ({ stack }, { victim }) => Promise.resolve(strike(stack, { of, how, victim }));
}

function strike(stack: ChaosStack['stack'], { of, how, victim }: Hit & { victim: number }): AppliedFault {
  const found = victimOf(stack, { of, victim });
  if (found === undefined) return { detail: 'no such process' };
  const { name, pid } = found;
  const there = signalProcess(pid, how === 'kill' ? 'SIGKILL' : 'SIGSTOP');
  const detail = `${name}, pid ${pid}${there ? '' : ', which was gone already'}`;
  if (how === 'kill') return { detail };
  return {
    detail,
    end: () => {
      signalProcess(pid, 'SIGCONT');
      return Promise.resolve();
    },
  };
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
