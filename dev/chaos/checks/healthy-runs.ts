import { undecodable } from '../chaos-stack.js';
import { type FinalRun, openStatuses } from '../final-state.js';
import { type ChaosEvent, markOf } from '../history.js';
import { countBy } from '../summary.js';
import type { Check } from './violation.js';

/**
 * How many runs of one workflow may fail in a quarter of an hour: a restore that cannot succeed is tried again after a
 * growing pause, and operators fail steps. Four were the most ever seen, in seven such runs.
 */
const maxFailures = 6;

/**
 * After the last fault what was under way may still fail for so long: a worker that stops hands its steps back.
 * Milliseconds.
 */
const recovery = 30_000;

/**
 * No workflow's own code fails, no run fails again and again, none of a rebuild or a dashboard is still open at rest,
 * and once the faults are over neither a run fails nor an attempt at a step.
 */
export const healthyRuns: Check = ({ events, final }) => [
  ...failingAgain(final.runs, maxFailures * quartersOf(events)),
  ...failingStill(final.runs, (markOf(events, 'faults end') ?? Number.POSITIVE_INFINITY) + recovery),
  ...final.runs.flatMap(({ workflowId, runId, status, taskFailures }) => [
    ...ownFailures(status === 'TERMINATED' ? taskFailures.filter(isReplayable) : taskFailures.filter(isDecodable)).map(
      (failure) => `a workflow task of ${workflowId} (${runId}) failed: ${failure}`,
    ),
    ...(openStatuses.includes(status) &&
    taskFailures.every(isDecodable) &&
    /^(rebuild-edition|build-dashboard)-/.test(workflowId)
      ? [`${workflowId} (${runId}) is still open (${status}), and nothing is left to do`]
      : []),
  ]),
];

/**
 * Temporal's own, where a run is paused while its task waits for a worker: no SDK of this version can replay that
 * history. It is healed by another run in its place, so the run must have been ended (docs/reliability.md, known
 * limits).
 */
const unreplayable = 'WorkflowTaskMachine in state Scheduled says the transition is invalid';

function isReplayable(failure: string): boolean {
  return !failure.includes(unreplayable) && isDecodable(failure);
}

/** A fault gave the run a memo that no worker can decode. If its edition came to rest before, nothing replaces it. */
function isDecodable(failure: string): boolean {
  return !failure.endsWith(undecodable);
}

/** A worker that was frozen, or had no turn, for more than the SDK's 5 s in the middle of a task: it is done again. */
const starved = 'Script execution timed out';

/** A workflow that never gives its thread back would fail so again and again. */
const maxStarved = 2;

function ownFailures(failures: readonly string[]): readonly string[] {
  const own = failures.filter((failure) => !failure.includes(starved));
  return failures.length - own.length > maxStarved ? failures : own;
}

/** How many quarters of an hour the faults took, begun ones among them. */
function quartersOf(events: readonly ChaosEvent[]): number {
  const [begun = 0, ended = begun] = [markOf(events, 'faults begin'), markOf(events, 'faults end')];
  return Math.max(1, Math.ceil((ended - begun) / 900_000));
}

function failingAgain(runs: readonly FinalRun[], most: number): readonly string[] {
  const failed = countBy(
    runs.filter(({ status }) => status === 'FAILED'),
    ({ workflowId }) => workflowId,
  );
  return Object.entries(failed)
    .filter(([, count]) => count > most)
    .map(([workflowId, count]) => `${count} runs of ${workflowId} failed, and at most ${most} should`);
}

function failingStill(runs: readonly FinalRun[], quiet: number): readonly string[] {
  return runs.flatMap(({ workflowId, runId, failedAt, failing }) => [
    ...(failedAt !== null && failedAt > quiet ? [`${workflowId} (${runId}) failed long after the last fault`] : []),
    ...failing
      .filter(({ at }) => at > quiet)
      .map(({ type, message }) => `${type} of ${workflowId} (${runId}) still fails: ${message}`),
  ]);
}
