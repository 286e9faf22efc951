import type { ChaosStack } from '../chaos-stack.js';
import type { PlannedFault } from './fault-plan.js';

/** A fault that has begun. */
export interface AppliedFault {
  /** Whom it hit. */
  readonly detail: string;
  /** Puts an end to it; absent where it was over at once. Safe to repeat until it succeeds. */
  readonly end?: () => Promise<unknown>;
}

/** Does it. */
export type Fault = (stack: ChaosStack, planned: PlannedFault) => Promise<AppliedFault>;
