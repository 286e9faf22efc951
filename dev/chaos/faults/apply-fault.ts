import type { CdnMood } from './cdn-proxy.js';
import type { AppliedFault, Fault } from './fault.js';
import { cdnFaults, operatorFaults, type PlannedFault, processFaults, storeFaults } from './fault-plan.js';
import { operatorFault } from './operator-faults.js';
import { processFault } from './process-faults.js';
import { storeFault } from './store-faults.js';
import type { ChaosStack } from '../chaos-stack.js';

const moods: Readonly<Record<(typeof cdnFaults)[number], CdnMood>> = {
  'the cdn is down': 'down',
  'the cdn is slow': 'slow',
  'the cdn answers garbage': 'garbage',
};

/** Does what was planned to the stack. */
export async function applyFault(stack: ChaosStack, planned: PlannedFault): Promise<AppliedFault> {
  return faultOf(planned)(stack, planned);
}

function faultOf({ kind }: PlannedFault): Fault {
  if (isOneOf(processFaults, kind)) return processFault(kind);
  if (isOneOf(storeFaults, kind)) return storeFault(kind);
  if (isOneOf(cdnFaults, kind)) return cdnFault(moods[kind]);
  if (isOneOf(operatorFaults, kind)) return operatorFault(kind);
  return kind satisfies never;
}

function isOneOf<const Kinds extends readonly string[]>(kinds: Kinds, kind: string): kind is Kinds[number] {
  return kinds.includes(kind);
}

function cdnFault(mood: CdnMood): Fault {
  return ({ cdn }) => {
    cdn.setMood(mood);
    return Promise.resolve({
      detail: mood,
      end: () => {
        cdn.setMood('well');
        return Promise.resolve();
      },
    });
  };
}
