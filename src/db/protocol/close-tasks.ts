import type { Knex } from 'knex';
import { followedRebuild } from '../queries/tasks.js';

/**
 * Closes the tasks of a product whose parts have all ended, stores their answers, and returns their ids. Each step that
 * ends a part calls it. The caller holds the lock of the product, so two callers cannot both miss the last part.
 *
 * A task with rebuilds waits for each, and for the first attempt at the dashboard that the last of them requested. A
 * task without rebuilds waits until each dashboard is built. A rebuild that was superseded by one of the same build has
 * the outcome of that one ({@link followedRebuild}).
 */
export async function closeTasks(trx: Knex.Transaction, productId: number): Promise<readonly string[]> {
  const shared = await endSharedWaits(trx, productId);
  const { rows } = await trx.raw<{ rows: { id: string }[] }>(
    /* sql */ `
    WITH part AS (
      SELECT
        tasks.id AS task_id,
        count(rebuilds.id) AS rebuilds,
        bool_or(rebuilds.outcome = 'failed') AS any_failed,
        bool_and(rebuilds.outcome = 'published') AS all_published,
        coalesce(max(rebuilds.dashboard_generation), tasks.dashboard_generation) AS dashboard,
        min(coalesce(asked.started_at, rebuilds.started_at)) AS started_at,
        coalesce(
          jsonb_agg(
            jsonb_build_object(
              'edition_id', rebuilds.edition_id, 'build_id', rebuilds.build_id, 'generation', rebuilds.generation,
              'outcome', rebuilds.outcome, 'error', rebuilds.error, 'counts', rebuilds.counts,
              'purge_due', rebuilds.purge_due,
              'superseded_by_build_id', CASE WHEN rebuilds.id = asked.id THEN newer.build_id END,
              'superseded_by_outcome', CASE WHEN rebuilds.id = asked.id THEN newer.outcome END
            ) ORDER BY rebuilds.edition_id
          ) FILTER (WHERE rebuilds.id IS NOT NULL),
          '[]'
        ) AS editions
      FROM tasks
      LEFT JOIN task_rebuilds ON task_rebuilds.task_id = tasks.id
      LEFT JOIN rebuilds AS asked ON asked.id = task_rebuilds.rebuild_id
      LEFT JOIN rebuilds AS newer ON newer.id = asked.superseded_by
      LEFT JOIN rebuilds ON rebuilds.id = ${followedRebuild}
      WHERE tasks.finished_at IS NULL
        AND (tasks.product_id = :productId OR tasks.id = ANY(:shared::uuid[]))
        AND NOT EXISTS (SELECT FROM task_dashboards WHERE task_dashboards.task_id = tasks.id)
        AND NOT EXISTS (
          SELECT FROM task_rebuilds JOIN rebuilds ON rebuilds.id = task_rebuilds.rebuild_id
          WHERE task_rebuilds.task_id = tasks.id AND rebuilds.outcome IS NULL
        )
      GROUP BY tasks.id
    )
    UPDATE tasks SET
      finished_at = clock_timestamp(),
      status = CASE
        WHEN part.rebuilds = 0 OR part.all_published THEN 'SUCCESS'
        WHEN part.any_failed THEN 'FAILURE'
        ELSE 'REVOKED'
      END,
      metadata = jsonb_build_object(
        'editions', part.editions,
        'started_at', coalesce(part.started_at, tasks.created_at),
        'dashboard', CASE
          WHEN products.dashboard_built_generation >= part.dashboard THEN coalesce(products.dashboard_result, 'built')
          ELSE 'retrying'
        END,
        'dashboard_error', CASE
          WHEN products.dashboard_built_generation >= part.dashboard THEN NULL ELSE products.dashboard_error
        END
      )
    FROM part, products
    WHERE tasks.id = part.task_id
      AND products.id = tasks.product_id
      AND CASE
        WHEN part.rebuilds = 0 THEN products.dashboard_built_generation >= part.dashboard
        ELSE products.dashboard_attempted_generation >= part.dashboard
      END
    RETURNING tasks.id`,
    { productId, shared },
  );
  return rows.map(({ id }) => id);
}

/**
 * Ends the waits of tasks of several products for this product's dashboard. Returns those tasks, locked: two products
 * have separate locks, so the second caller waits here and then sees the first one's change.
 */
async function endSharedWaits(trx: Knex.Transaction, productId: number): Promise<string[]> {
  const ids = await trx('tasks')
    .join('task_dashboards', 'task_dashboards.task_id', 'tasks.id')
    .join('products', 'products.id', 'task_dashboards.product_id')
    .where('products.id', productId)
    .whereRaw('products.dashboard_built_generation >= task_dashboards.generation')
    .orderBy('tasks.id')
    .forNoKeyUpdate('tasks')
    .pluck<string[]>('tasks.id');
  if (ids.length > 0) await trx('task_dashboards').where({ product_id: productId }).whereIn('task_id', ids).delete();
  return ids;
}
