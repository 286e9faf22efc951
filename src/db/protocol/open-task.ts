import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { Product } from '../models/product.js';
import { Task } from '../models/task.js';
import type { DeclaredRebuild } from './declare.js';

/** An accepted request. */
interface TaskRequest {
  readonly productId: number;
  /** The rebuilds that it requested; none for a dashboard alone. */
  readonly rebuilds: readonly Pick<DeclaredRebuild, 'rebuildId'>[];
  /** The request's base URL, if there is a request. Background work builds URLs from it. */
  readonly baseUrl?: string;
  /** Notices for the client. @default none */
  readonly notices?: readonly string[];
}

/** The task of an accepted request, and the dashboard generation that it requests. */
interface OpenedTask {
  readonly taskId: string;
  readonly dashboardGeneration: number;
}

/** Records an accepted request and requests the product's dashboard. The caller holds the lock of the product. */
export async function openTask(trx: Knex.Transaction, request: TaskRequest): Promise<OpenedTask> {
  const { productId, rebuilds, baseUrl = null, notices = [] } = request;
  // One statement, because each writing request waits for it.
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

/** Requests the product's dashboard, and returns the requested generation. */
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

/** Returns the newest unfinished task that waits for a rebuild to this build, for a repeated request. */
export function unfinishedTaskOfBuild(knex: Knex, buildId: number): Promise<string | undefined> {
  return unfinishedTask(knex, { 'rebuilds.build_id': buildId });
}

/** Returns the newest unfinished task that waits for a rebuild of this edition. */
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
    .orderByRaw('tasks.created_at DESC, tasks.id DESC')
    .limit(1)
    .select<{ id: string }[]>('tasks.id');
  return found?.id;
}

interface DashboardsRequest {
  /** At least one. */
  readonly productIds: readonly number[];
  readonly baseUrl: string;
}

/** A dashboard that a task waits for. */
export interface RequestedDashboard {
  readonly productId: number;
  readonly productSlug: string;
  readonly generation: number;
}

interface OpenedDashboardsTask {
  readonly taskId: string;
  /** Ordered by product id. */
  readonly dashboards: readonly RequestedDashboard[];
}

/** Records a request for several dashboards as one task, of the last product. The caller holds the locks of all. */
export async function openDashboardsTask(
  trx: Knex.Transaction,
  request: DashboardsRequest,
): Promise<OpenedDashboardsTask> {
  const dashboards = await bumpDashboards(trx, request);
  const last = dashboards.at(-1);
  if (last === undefined) throw new RangeError('A task needs at least one product.');
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
    .map(({ id, slug, dashboard_generation: generation }) => ({ productId: id, productSlug: slug, generation }))
    .toSorted((one, other) => one.productId - other.productId);
}
