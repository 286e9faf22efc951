import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChaosStack } from '../chaos-stack.js';
import type { AppliedFault, Fault } from './fault.js';
import type { clockFaults } from './fault-kinds.js';
import { orUndo } from './or-undo.js';
import { victimOf } from './process-faults.js';

/** Beyond the 15 minutes that a store lets a signature differ, and within the life of a token. Milliseconds. */
const jump = 20 * 60_000;

/** A machine in the wrong time zone. Milliseconds. */
const hour = 60 * 60_000;

/** Sets a clock forward or back, and right again at the end. */
export function clockFault(kind: (typeof clockFaults)[number]): Fault {
  return async (target, { victim }) => {
    const offset = victim < 0.5 ? jump : -jump;
    switch (kind) {
      case "a worker's clock jumps":
        return jumpOf(target, { of: 'worker', victim, offset });
      case "an api's clock jumps":
        return jumpOf(target, { of: 'api', victim, offset });
      case "a worker's clock is an hour ahead":
        return jumpOf(target, { of: 'worker', victim, offset: hour });
      case "an api's clock is an hour ahead":
        return jumpOf(target, { of: 'api', victim, offset: hour });
      case "the store's clock jumps": {
        const set = (offsetMs: number): Promise<unknown> => target.injector('PUT', '/clock', { offsetMs });
        const end = (): Promise<unknown> => set(0);
        await orUndo(() => set(offset), end);
        return { detail: `${offset} ms`, end };
      }
      default:
        return kind satisfies never;
    }
  };
}

async function jumpOf(
  { stack, clocks }: ChaosStack,
  { of, victim, offset }: { readonly of: string; readonly victim: number; readonly offset: number },
): Promise<AppliedFault> {
  const found = victimOf(stack, { of, victim });
  if (found === undefined) throw new Error('no such process');
  const file = join(clocks, String(found.pid));
  await writeFile(file, String(offset));
  return { detail: `${found.name}, ${offset} ms`, end: () => rm(file, { force: true }) };
}
