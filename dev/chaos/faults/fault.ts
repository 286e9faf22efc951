import type { ChaosStack } from '../chaos-stack.js';
import type { Publisher } from '../load/publish-build.js';
import type { Recorder } from '../recorder.js';
import type { PlannedFault } from './fault-plan.js';

/** What faults are applied to, and what those need that meet the load at a certain moment. */
export type FaultTarget = ChaosStack & Publisher & { readonly recorder: Pick<Recorder, 'record'> };

/** A fault that has begun. */
export interface AppliedFault {
  /** Whom it hit. */
  readonly detail: string;
  /** Puts an end to it; absent where it was over at once. Safe to repeat until it succeeds. */
  readonly end?: () => Promise<unknown>;
}

/**
 * Does it.
 *
 * @throws {Error} that says why nothing was hit: it counts as missed, not as applied.
 */
export type Fault = (target: FaultTarget, planned: PlannedFault) => Promise<AppliedFault>;
