import type { Knex } from 'knex';
import type { RebuildOutcome } from '../../domain/edition-state.js';

/** A rebuild that has ended. */
export interface EndedRebuild {
  readonly outcome: RebuildOutcome;
  /** From the request to the end. */
  readonly seconds: number;
}

/**
 * The rebuilds that ended together with a generation: itself and those that it superseded, which bear the same stamp.
 * Without one: those that ended last.
 */
export async function endedWith(
  knex: Knex,
  editionId: number,
  generation?: number,
): Promise<readonly EndedRebuild[]> {
  const settled = knex('editions').where({ id: editionId }).select('settled_generation');
  const stamp = knex('rebuilds')
    .where({ edition_id: editionId, generation: generation ?? settled })
    .whereNotNull('outcome')
    .select('dashboard_generation');
  return knex('rebuilds')
    .where({ edition_id: editionId, dashboard_generation: stamp })
    .select<EndedRebuild[]>(
      'outcome',
      knex.raw('extract(epoch FROM finished_at - requested_at)::float8 AS seconds'),
    );
}
