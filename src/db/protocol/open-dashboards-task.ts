import type { Knex } from 'knex';
import { Task } from '../models/task.js';

/** A request for the dashboards of several products. */
export interface DashboardsRequest {
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
export interface OpenedDashboardsTask {
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
      .select(
        trx.raw('?::uuid AS task_id', [task.id]),
        'id AS product_id',
        'dashboard_generation AS generation',
      ),
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
    .returning<{ id: number; slug: string; dashboard_generation: number }[]>([
      'id',
      'slug',
      'dashboard_generation',
    ]);
  return rows
    .map(({ id, slug, dashboard_generation: generation }) => ({
      productId: id,
      productSlug: slug,
      generation,
    }))
    .toSorted((one, other) => one.productId - other.productId);
}
