import { activityFault } from './activity-faults.js';
import { clockFault } from './clock-faults.js';
import { databaseFault } from './database-faults.js';
import type { AppliedFault, Fault, FaultTarget } from './fault.js';
import {
  activityFaults,
  clockFaults,
  databaseFaults,
  momentFaults,
  operatorFaults,
  outsideFaults,
  processFaults,
  storeFaults,
} from './fault-kinds.js';
import type { PlannedFault } from './fault-plan.js';
import { momentFault } from './moment-faults.js';
import { operatorFault } from './operator-faults.js';
import { outsideFault } from './outside-faults.js';
import { processFault } from './process-faults.js';
import { storeFault } from './store-faults.js';

/** Does what was planned to the stack. */
export async function applyFault(target: FaultTarget, planned: PlannedFault): Promise<AppliedFault> {
  return faultOf(planned)(target, planned);
}

function faultOf({ kind }: PlannedFault): Fault {
  if (isOneOf(processFaults, kind)) return processFault(kind);
  if (isOneOf(storeFaults, kind)) return storeFault(kind);
  if (isOneOf(databaseFaults, kind)) return databaseFault(kind);
  if (isOneOf(outsideFaults, kind)) return outsideFault(kind);
  if (isOneOf(clockFaults, kind)) return clockFault(kind);
  if (isOneOf(momentFaults, kind)) return momentFault(kind);
  if (isOneOf(operatorFaults, kind)) return operatorFault(kind);
  if (isOneOf(activityFaults, kind)) return activityFault(kind);
  return kind satisfies never;
}

function isOneOf<const Kinds extends readonly string[]>(kinds: Kinds, kind: string): kind is Kinds[number] {
  return kinds.includes(kind);
}
