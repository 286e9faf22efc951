import type { Knex } from 'knex';
import type { RebuildOutcome } from '../../domain/edition-state.js';
import type { Rebuild } from '../models/rebuild.js';

/** The rebuild of a generation of an edition; undefined for generation 0, which is no rebuild. */
export async function findRebuildId(knex: Knex, editionId: number, generation: number): Promise<string | undefined> {
  const row = await knex<Rebuild>('rebuilds').where({ edition_id: editionId, generation }).first('id');
  return row?.id;
}

/** The editions whose unfinished rebuilds a task waits for. */
export async function editionIdsOfTask(knex: Knex, taskId: string): Promise<readonly number[]> {
  const rows = await knex('task_rebuilds')
    .join('rebuilds', 'rebuilds.id', 'task_rebuilds.rebuild_id')
    .where('task_rebuilds.task_id', taskId)
    .whereNull('rebuilds.outcome')
    .orderBy('rebuilds.edition_id')
    .select<{ edition_id: number }[]>('rebuilds.edition_id');
  return rows.map(({ edition_id: id }) => id);
}

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
export async function endedWith(knex: Knex, editionId: number, generation?: number): Promise<readonly EndedRebuild[]> {
  const settled = knex('editions').where({ id: editionId }).select('settled_generation');
  const stamp = knex('rebuilds')
    .where({ edition_id: editionId, generation: generation ?? settled })
    .whereNotNull('outcome')
    .select('dashboard_generation');
  return knex('rebuilds')
    .where({ edition_id: editionId, dashboard_generation: stamp })
    .select<EndedRebuild[]>('outcome', knex.raw('extract(epoch FROM finished_at - requested_at)::float8 AS seconds'));
}
