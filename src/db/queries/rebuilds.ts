import type { Knex } from 'knex';
import type { RebuildOutcome } from '../../domain/edition-state.js';
import type { Rebuild } from '../models/rebuild.js';

/** Returns the id of a generation's rebuild; undefined for generation 0. */
export async function findRebuildId(knex: Knex, editionId: number, generation: number): Promise<string | undefined> {
  const row = await knex<Rebuild>('rebuilds').where({ edition_id: editionId, generation }).first('id');
  return row?.id;
}

/** Returns the editions whose unfinished rebuilds a task waits for. */
export async function editionIdsOfTask(knex: Knex, taskId: string): Promise<readonly number[]> {
  return knex('task_rebuilds')
    .join('rebuilds', 'rebuilds.id', 'task_rebuilds.rebuild_id')
    .where('task_rebuilds.task_id', taskId)
    .whereNull('rebuilds.outcome')
    .orderBy('rebuilds.edition_id')
    .pluck<number[]>('rebuilds.edition_id');
}

/** An ended rebuild. */
export interface EndedRebuild {
  readonly outcome: RebuildOutcome;
  /** From request to end. */
  readonly seconds: number;
}

/** Returns the rebuilds that ended with a generation (by default the settled one): itself and superseded ones. */
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
