import {
  noteNudge,
  overdueDashboards,
  type OverdueEdition,
  overdueEditions,
  type OverdueTurn,
} from '../db/protocol/overdue.js';
import { dashboardWorkflowId } from '../workflows/contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { makeWay } from './make-way.js';

/** What one pass did. */
export interface ReconcileReport {
  /** Editions whose run was started. */
  readonly started: number;
  /** Editions whose open run works for an older generation and was told to look again. */
  readonly nudged: number;
  readonly dashboards: number;
}

type Dependencies = Pick<ActivityDependencies, 'knex' | 'workflows' | 'observer' | 'logger' | 'metrics'>;

/**
 * Starts the run of every edition that needs work and has none open, or only one that cannot go on, and starts the run
 * of every dashboard that is behind and has none open, or only one that cannot go on. Safe to retry: a wake carries no work.
 */
export function createReconcile(deps: Dependencies) {
  const nextEditions = takeTurns(
    (turn) => overdueEditions(deps.knex, turn),
    ({ editionId }) => editionId,
  );
  const nextDashboards = takeTurns(
    (turn) => overdueDashboards(deps.knex, turn),
    ({ productId }) => productId,
  );
  return async (): Promise<ReconcileReport> => {
    const done = await eachOf(await nextEditions(), (edition) => look(deps, edition));
    const dashboards = await nextDashboards();
    await eachOf(dashboards, async (dashboard) => {
      await makeWay(deps, dashboardWorkflowId(dashboard.productId));
      await deps.workflows.startDashboard(dashboard);
    });
    const started = done.filter((each) => each === 'started').length;
    const nudged = done.filter((each) => each === 'nudged').length;
    const report = { started, nudged, dashboards: dashboards.length };
    deps.metrics.reconciled({ started, nudged, dashboard: dashboards.length });
    if (started + nudged > 0) deps.logger.warn({ ...report }, 'reconciled');
    return report;
  };
}

/** One pass looks at no more than this many of each: the next pass is seconds away. */
const mostInPass = 1_000;

/** Where more are behind than a pass looks at, the next one goes on with the rest: none waits for those that stay behind. */
function takeTurns<T>(
  find: (turn: OverdueTurn) => Promise<readonly T[]>,
  idOf: (item: T) => number,
): () => Promise<readonly T[]> {
  let after = 0;
  return async () => {
    const found = await find({ after, limit: mostInPass });
    const last = found.at(-1);
    after = found.length < mostInPass || last === undefined ? 0 : idOf(last);
    return found;
  };
}

/** So many at a time, for a pass over very many has to end within its time; Temporal is asked about each. */
const atATime = 10;

async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += atATime)
    results.push(...(await Promise.all(items.slice(at, at + atATime).map(work))));
  return results;
}

async function look(
  { knex, workflows, observer, logger }: Dependencies,
  edition: OverdueEdition,
): Promise<'started' | 'nudged' | 'left alone'> {
  const state = await observer.stateOf(edition.editionId);
  if (state === 'closed') {
    await workflows.wakeEdition(edition);
    return 'started';
  }
  if (state === 'stuck') {
    logger.warn(
      { edition_id: edition.editionId },
      'the run of the edition cannot go on: another takes its place',
    );
    await workflows.replaceEdition(edition);
    return 'started';
  }
  // An open run that works for this generation, or was told of it, needs no reminder.
  if (edition.planGeneration === edition.generation || edition.nudgedGeneration === edition.generation)
    return 'left alone';
  await workflows.wakeEdition(edition);
  await noteNudge(knex, edition.editionId, edition.generation);
  return 'nudged';
}
