import type { ActivityDependencies } from './dependencies.js';

/** Ends the open run of a workflow where that cannot go on, so that the next wake starts another, and says so in the log. */
export async function makeWay(
  { workflows, logger }: Pick<ActivityDependencies, 'workflows' | 'logger'>,
  workflowId: string,
): Promise<void> {
  if (await workflows.endStuckRun(workflowId))
    logger.warn({ workflow_id: workflowId }, 'a run cannot go on: another takes its place');
}
