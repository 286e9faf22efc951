import type { FinalRun } from '../final-state.js';
import { countBy } from '../summary.js';
import type { Check } from './violation.js';

/** A restore that cannot succeed is tried again after a growing pause: not so often while a store refuses it. */
const mostFailures = 10;

/** No workflow's own code fails, no run fails again and again, and none of a rebuild or a dashboard is still open at rest. */
export const healthyRuns: Check = ({ final }) => [
  ...failingAgain(final.runs),
  ...final.runs.flatMap(({ workflowId, runId, status, taskFailures }) => [
    ...ownFailures(status === 'TERMINATED' ? taskFailures.filter(isReplayable) : taskFailures).map(
      (failure) => `a workflow task of ${workflowId} (${runId}) failed: ${failure}`,
    ),
    ...(status === 'RUNNING' && /^(rebuild-edition|build-dashboard)-/.test(workflowId)
      ? [`${workflowId} (${runId}) still runs, and nothing is left to do`]
      : []),
  ]),
];

/**
 * Temporal's own, where a run is paused while its task waits for a worker: no SDK of this version can replay that history.
 * It is healed by another run in its place, so the run must have been ended (docs/reliability.md, known limits).
 */
const unreplayable = 'WorkflowTaskMachine in state Scheduled says the transition is invalid';

function isReplayable(failure: string): boolean {
  return !failure.includes(unreplayable);
}

/** A worker that was frozen, or had no turn, for more than the SDK's 5 s in the middle of a task: it is done again. */
const starved = 'Script execution timed out';

/** A workflow that never gives its thread back would fail so again and again. */
const mostStarved = 2;

function ownFailures(failures: readonly string[]): readonly string[] {
  const own = failures.filter((failure) => !failure.includes(starved));
  return failures.length - own.length > mostStarved ? failures : own;
}

function failingAgain(runs: readonly FinalRun[]): readonly string[] {
  const failed = countBy(
    runs.filter(({ status }) => status === 'FAILED'),
    ({ workflowId }) => workflowId,
  );
  return Object.entries(failed)
    .filter(([, count]) => count > mostFailures)
    .map(
      ([workflowId, count]) => `${count} runs of ${workflowId} failed, and at most ${mostFailures} should`,
    );
}

/** Nothing is left open: connections, transactions, processes, multipart uploads. */
export const noLeaks: Check = ({ final }) => [
  ...final.connections.map((what) => `connection left: ${what}`),
  ...final.processes.map((what) => `process: ${what}`),
  ...final.uploads.map((key) => `a multipart upload of ${key} was never ended`),
];
