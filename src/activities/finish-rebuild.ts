import { finishRebuild } from '../db/protocol/finish.js';
import { transaction } from '../db/transaction.js';
import type { CopyCounts } from '../domain/copy-counts.js';
import type { RebuildPlan } from '../workflows/contract.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'events' | 'baseUrl'>;

/**
 * Publishes, if the row proves that the bucket holds the plan's build. Safe to retry: the plan is void after the first
 * time, a second run answers false, and the workflow looks again and finds nothing to do.
 */
export function createFinishRebuild({ knex, events, baseUrl }: Dependencies) {
  return (plan: RebuildPlan, counts: CopyCounts, warning: string | null): Promise<boolean> =>
    transaction(knex, (trx) =>
      finishRebuild(trx, plan, { counts, warning, events: events === null ? null : { baseUrl } }),
    );
}
