import { finishRebuild } from '../../db/protocol/finish.js';
import { transaction } from '../../db/transaction.js';
import type { CopyCounts } from '../../domain/copy-counts.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';
import { signalDownstream } from './signal-downstream.js';

type Deps = Pick<ActivityDeps, 'knex' | 'workflows' | 'events' | 'logger' | 'rebuilds' | 'baseUrl'>;

/**
 * Publishes, if the row proves that the bucket holds the plan's build, and signals what follows: as a step of its own that
 * would cost every publication a round through Temporal. Safe to retry: the plan is void after the first time, a second
 * run answers false, and the workflow looks again and finds nothing to do.
 */
export function createFinishRebuild(deps: Deps) {
  const events = deps.events === null ? null : { baseUrl: deps.baseUrl };
  return async (plan: RebuildPlan, counts: CopyCounts, warning: string | null): Promise<boolean> => {
    const done = await transaction(deps.knex, (trx) => finishRebuild(trx, plan, { counts, warning, events }));
    if (done) await signalDownstream(deps, plan.editionId);
    // A restore ends no rebuild.
    if (done && !plan.restore) await deps.rebuilds.ended(plan.editionId, plan.generation);
    return done;
  };
}
