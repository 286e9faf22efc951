import type { Check } from './violation.js';

/** No workflow's own code fails, and none of a rebuild or a dashboard is still open at rest. */
export const healthyRuns: Check = ({ final }) =>
  final.runs.flatMap(({ workflowId, runId, status, taskFailures }) => [
    ...taskFailures.map((failure) => `a workflow task of ${workflowId} (${runId}) failed: ${failure}`),
    ...(status === 'RUNNING' && /^(rebuild-edition|build-dashboard)-/.test(workflowId)
      ? [`${workflowId} (${runId}) still runs, and nothing is left to do`]
      : []),
  ]);

/** Nothing is left open: connections, transactions, processes, multipart uploads. */
export const noLeaks: Check = ({ final }) => [
  ...final.connections.map((what) => `connection left: ${what}`),
  ...final.processes.map((what) => `process: ${what}`),
  ...final.uploads.map((key) => `a multipart upload of ${key} was never ended`),
];
