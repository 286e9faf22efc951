import type { Knex } from 'knex';
import { Product } from '../models/product.js';
import { Task } from '../models/task.js';
import type { DeclaredRebuild } from './declare.js';

/** An accepted request. */
export interface TaskRequest {
  readonly productId: number;
  /** The rebuilds that it asked for; none for a task that is only a dashboard. */
  readonly rebuilds: readonly Pick<DeclaredRebuild, 'rebuildId'>[];
  /** Where the request reached the API: what background work builds URLs from. Unknown to work that no request asked for. */
  readonly baseUrl?: string;
}

/** The task of an accepted request, and the dashboard generation that it asks for. */
export interface OpenedTask {
  readonly taskId: string;
  readonly dashboardGeneration: number;
}

/** Records an accepted request and asks for the product's dashboard. The caller holds the lock of the product. */
export async function openTask(trx: Knex.Transaction, request: TaskRequest): Promise<OpenedTask> {
  const dashboardGeneration = await bumpDashboard(trx, request.productId, request.baseUrl);
  const task = await Task.query(trx)
    .insert({ product_id: request.productId, dashboard_generation: dashboardGeneration })
    .returning('id');
  if (request.rebuilds.length > 0)
    await trx('task_rebuilds').insert(
      request.rebuilds.map(({ rebuildId }) => ({ task_id: task.id, rebuild_id: rebuildId })),
    );
  return { taskId: task.id, dashboardGeneration };
}

/** Asks for the product's dashboard to be built again, and answers the generation that has to be reached. */
export async function bumpDashboard(
  trx: Knex.Transaction,
  productId: number,
  baseUrl?: string,
): Promise<number> {
  const product = await Product.query(trx)
    .findById(productId)
    .patch({
      dashboard_generation: trx.raw('dashboard_generation + 1'),
      ...(baseUrl === undefined ? {} : { base_url: baseUrl }),
    })
    .returning('dashboard_generation')
    .first()
    .throwIfNotFound();
  return product.dashboard_generation;
}

/**
 * The newest unfinished task that waits for an unfinished rebuild of this build, for a request that is repeated while
 * its first is still under way.
 */
export function unfinishedTaskOfBuild(knex: Knex, buildId: number): Promise<string | undefined> {
  return unfinishedTask(knex, { 'rebuilds.build_id': buildId });
}

/** The newest unfinished task that waits for an unfinished rebuild of this edition. */
export function unfinishedTaskOfEdition(knex: Knex, editionId: number): Promise<string | undefined> {
  return unfinishedTask(knex, { 'rebuilds.edition_id': editionId });
}

async function unfinishedTask(
  knex: Knex,
  rebuild: Readonly<Record<string, number>>,
): Promise<string | undefined> {
  const [found] = await knex('tasks')
    .join('task_rebuilds', 'task_rebuilds.task_id', 'tasks.id')
    .join('rebuilds', 'rebuilds.id', 'task_rebuilds.rebuild_id')
    .whereNull('tasks.finished_at')
    .whereNull('rebuilds.outcome')
    .where(rebuild)
    .orderBy([
      { column: 'tasks.created_at', order: 'desc' },
      { column: 'tasks.id', order: 'desc' },
    ])
    .limit(1)
    .select<{ id: string }[]>('tasks.id');
  return found?.id;
}
