import { setTimeout as sleep } from 'node:timers/promises';
import { poll } from '../../poll.js';
import type { ChaosStack } from '../chaos-stack.js';
import type { Recorder } from '../recorder.js';
import { applyFault } from './apply-fault.js';
import type { PlannedFault } from './fault-plan.js';

/** How long the end of a fault may be tried for: what it needs may itself be down. Milliseconds. */
const patience = 60_000;

/**
 * Applies the planned faults at their times, overlapping as they come, and ends each. Resolves when all are over;
 * `signal` brings that about early.
 */
export async function runFaults(
  stack: ChaosStack,
  planned: readonly PlannedFault[],
  { recorder, signal }: { readonly recorder: Recorder; readonly signal: AbortSignal },
): Promise<void> {
  const begun = performance.now();
  const running: Promise<void>[] = [];
  for (const fault of planned) {
    await sleep(Math.max(0, begun + fault.at - performance.now()), undefined, { signal }).catch(
      () => undefined,
    );
    if (signal.aborted) break;
    running.push(runFault(stack, fault, { recorder, signal }));
  }
  await Promise.all(running);
}

async function runFault(
  stack: ChaosStack,
  planned: PlannedFault,
  { recorder, signal }: { readonly recorder: Recorder; readonly signal: AbortSignal },
): Promise<void> {
  const { kind, lasting } = planned;
  const note = (phase: 'begins' | 'ends', detail: string): void => {
    recorder.record({ kind: 'fault', at: Date.now(), fault: kind, phase, detail });
  };
  const applied = await applyFault(stack, planned).catch((error: unknown) => ({
    detail: `could not be applied: ${error instanceof Error ? error.message : String(error)}`,
    end: undefined,
  }));
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
