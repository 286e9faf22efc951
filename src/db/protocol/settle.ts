import type { Knex } from 'knex';
import { raw } from 'objection';
import type { RebuildOutcome } from '../../domain/edition-state.js';
import { Edition } from '../models/edition.js';
import { Rebuild } from '../models/rebuild.js';
import { closeTasks } from './close-tasks.js';
import { bumpDashboard } from './open-task.js';

/** How a generation ends. */
export interface Settlement {
  readonly edition: Pick<Edition, 'id' | 'product_id' | 'settled_generation'>;
  readonly generation: number;
  readonly outcome: RebuildOutcome;
  /** For a person: why it failed, or what went wrong around a publication. */
  readonly error?: string;
}

/**
 * Ends a generation, once: a generation that is already settled is left alone and `false` is answered. Older unfinished
 * rebuilds end as superseded by it, the plan under way becomes void, the product's dashboard is asked for and the tasks
 * that waited for nothing else are closed. The caller holds the locks of the product and the edition.
 */
export async function settleGeneration(trx: Knex.Transaction, settlement: Settlement): Promise<boolean> {
  const { edition, generation } = settlement;
  if (edition.settled_generation >= generation) return false;
  await closeRebuilds(trx, settlement);
  await Edition.query(trx)
    .findById(edition.id)
    .patch({ settled_generation: generation, plan_id: null, plan_generation: null, phase: null });
  await closeTasks(trx, edition.product_id);
  return true;
}

/**
 * Writes the outcome of a generation and of those that it supersedes, each only where none is written yet, and stamps
 * them with the dashboard generation that will show it.
 */
export async function closeRebuilds(trx: Knex.Transaction, settlement: Settlement): Promise<void> {
  const { edition, generation, outcome } = settlement;
  const ended = {
    finished_at: raw('now()'),
    dashboard_generation: await bumpDashboard(trx, edition.product_id),
  };
  const closed = await Rebuild.query(trx)
    .where({ edition_id: edition.id, generation })
    .whereNull('outcome')
    .patch({ ...ended, outcome, error: settlement.error ?? null })
    .returning('id');
  const superseding = closed[0]?.id ?? (await rebuildId(trx, edition.id, generation));
  await Rebuild.query(trx)
    .where({ edition_id: edition.id })
    .where('generation', '<', generation)
    .whereNull('outcome')
    .patch({ ...ended, outcome: 'superseded', superseded_by: superseding });
}

async function rebuildId(trx: Knex.Transaction, editionId: number, generation: number): Promise<string | null> {
  const rebuild = await Rebuild.query(trx).findOne({ edition_id: editionId, generation }).select('id');
  return rebuild?.id ?? null;
}
