import type { Knex } from 'knex';
import type { Rebuild } from '../models/rebuild.js';

/** The rebuild of a generation of an edition; undefined for generation 0, which is no rebuild. */
export async function findRebuildId(
  knex: Knex,
  editionId: number,
  generation: number,
): Promise<string | undefined> {
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
