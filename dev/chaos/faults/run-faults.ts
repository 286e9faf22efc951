import { setTimeout as sleep } from 'node:timers/promises';
import { poll } from '../../poll.js';
import type { FaultEvent } from '../history.js';
import { applyFault } from './apply-fault.js';
import type { FaultTarget } from './fault.js';
import type { PlannedFault } from './fault-plan.js';

/** How long the end of a fault may be tried for: what it needs may itself be down. Milliseconds. */
const patience = 180_000;

/**
 * Applies the planned faults at their times, overlapping as they come, and ends each. Resolves when all are over;
 * `signal` brings that about early.
 */
export async function runFaults(
  target: FaultTarget,
  planned: readonly PlannedFault[],
  signal: AbortSignal,
): Promise<void> {
  const begun = performance.now();
  const running: Promise<void>[] = [];
  for (const fault of planned) {
    await sleep(Math.max(0, begun + fault.at - performance.now()), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    running.push(runFault(target, fault, signal));
  }
  await Promise.all(running);
  await poll(() => calm(target).then(() => true), {
    what: 'an object store without faults',
    timeout: patience,
    interval: 500,
  });
}

/** A frozen store may have been told late of what was undone already: see `orUndo`. */
async function calm({ injector }: FaultTarget): Promise<void> {
  await injector('DELETE', '/rules');
  await injector('PUT', '/clock', { offsetMs: 0 });
}

async function runFault(target: FaultTarget, planned: PlannedFault, signal: AbortSignal): Promise<void> {
  const { kind, lasting } = planned;
  const note = (phase: FaultEvent['phase'], detail: string): void => {
    target.recorder.record({ kind: 'fault', at: Date.now(), fault: kind, phase, detail });
  };
  const applied = await applyFault(target, planned).catch((error: unknown) => {
    note('missed', error instanceof Error ? error.message : String(error));
  });
  if (applied === undefined) return;
  note('begins', applied.detail);
  const { end } = applied;
  if (end === undefined) return;
  await sleep(lasting, undefined, { signal }).catch(() => undefined);
  await poll(() => end().then(() => true), {
    what: `the end of '${kind}'`,
    timeout: patience,
    interval: 500,
  });
  note('ends', applied.detail);
}
