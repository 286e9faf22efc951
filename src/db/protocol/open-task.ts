import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { Product } from '../models/product.js';
import { Task } from '../models/task.js';
import type { DeclaredRebuild } from './declare.js';

/** An accepted request. */
interface TaskRequest {
  readonly productId: number;
  /** The rebuilds that it asked for; none for a task that is only a dashboard. */
  readonly rebuilds: readonly Pick<DeclaredRebuild, 'rebuildId'>[];
  /**
   * Where the request reached the API: what background work builds URLs from. Unknown to work that no request asked
   * for.
   */
  readonly baseUrl?: string;
  /** What the client is told beside the answer. @default none */
  readonly notices?: readonly string[];
}

/** The task of an accepted request, and the dashboard generation that it asks for. */
interface OpenedTask {
  readonly taskId: string;
  readonly dashboardGeneration: number;
}

/** Records an accepted request and asks for the product's dashboard. The caller holds the lock of the product. */
export async function openTask(trx: Knex.Transaction, request: TaskRequest): Promise<OpenedTask> {
  const { productId, rebuilds, baseUrl = null, notices = [] } = request;
  // One statement: it is on the way of every request that changes something.
  const { rows } = await trx.raw<{ rows: readonly OpenedTask[] }>(
    `WITH product AS (
       UPDATE products SET dashboard_generation = dashboard_generation + 1, base_url = coalesce(:baseUrl, base_url)
       WHERE id = :productId RETURNING id, dashboard_generation),
     task AS (
       INSERT INTO tasks (product_id, dashboard_generation, notices)
       SELECT id, dashboard_generation, CAST(:notices AS text[]) FROM product
       RETURNING id, dashboard_generation),
     waits AS (
       INSERT INTO task_rebuilds (task_id, rebuild_id)
       SELECT task.id, rebuild FROM task CROSS JOIN unnest(CAST(:rebuildIds AS bigint[])) AS rebuild)
     SELECT id AS "taskId", dashboard_generation AS "dashboardGeneration" FROM task`,
    { productId, baseUrl, notices, rebuildIds: rebuilds.map(({ rebuildId }) => rebuildId) },
  );
  const [task] = rows;
  if (task === undefined) throw new LtdError('not_found', `There is no product ${productId}.`);
  return task;
}

/** Asks for the product's dashboard to be built again, and answers the generation that has to be reached. */
export async function bumpDashboard(trx: Knex.Transaction, productId: number, baseUrl?: string): Promise<number> {
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

async function unfinishedTask(knex: Knex, rebuild: Readonly<Record<string, number>>): Promise<string | undefined> {
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

/** A request for the dashboards of several products. */
interface DashboardsRequest {
  /** At least one. */
  readonly productIds: readonly number[];
  /** Where the request reached the API. */
  readonly baseUrl: string;
}

/** One of the dashboards that a task waits for. */
export interface RequestedDashboard {
  readonly productId: number;
  readonly productSlug: string;
  /** The generation that has to be reached. */
  readonly generation: number;
}

/** The task of a {@link DashboardsRequest}. */
interface OpenedDashboardsTask {
  readonly taskId: string;
  /** In the order of the products' ids. */
  readonly dashboards: readonly RequestedDashboard[];
}

/**
 * Records a request for the dashboards of several products as one task, which ends when each of them is built. Its own
 * product is the last of them. The caller holds the locks of all, taken in the order of their ids.
 */
export async function openDashboardsTask(
  trx: Knex.Transaction,
  request: DashboardsRequest,
): Promise<OpenedDashboardsTask> {
  const dashboards = await bumpDashboards(trx, request);
  const last = dashboards.at(-1);
  if (last === undefined) throw new RangeError('a task must be for at least one product');
  const task = await Task.query(trx)
    .insert({ product_id: last.productId, dashboard_generation: last.generation })
    .returning('id');
  await trx('task_dashboards').insert(
    trx('products')
      .whereRaw('id = ANY(?)', [[...request.productIds]])
      .select(trx.raw('?::uuid AS task_id', [task.id]), 'id AS product_id', 'dashboard_generation AS generation'),
  );
  return { taskId: task.id, dashboards };
}

async function bumpDashboards(
  trx: Knex.Transaction,
  { productIds, baseUrl }: DashboardsRequest,
): Promise<RequestedDashboard[]> {
  const rows = await trx('products')
    .whereRaw('id = ANY(?)', [[...productIds]])
    .update({ dashboard_generation: trx.raw('dashboard_generation + 1'), base_url: baseUrl })
    .returning<{ id: number; slug: string; dashboard_generation: number }[]>(['id', 'slug', 'dashboard_generation']);
  return rows
    .map(({ id, slug, dashboard_generation: generation }) => ({
      productId: id,
      productSlug: slug,
      generation,
    }))
    .toSorted((one, other) => one.productId - other.productId);
}
