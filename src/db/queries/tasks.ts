import type { Knex } from 'knex';
import type { CopyCounts } from '../../domain/copy-counts.js';
import type { RebuildOutcome } from '../../domain/edition-state.js';
import type { EventFacts } from '../../domain/task-status.js';
import { Product } from '../models/product.js';
import { Task } from '../models/task.js';

/** What a task's metadata says of one rebuild: the shape that `closeTasks` stores, and that an open task is read as. */
export interface TaskRebuildRow {
  readonly edition_id: number;
  readonly build_id: number;
  readonly generation: number;
  readonly outcome: RebuildOutcome | null;
  readonly error: string | null;
  readonly counts: CopyCounts | null;
  /** What a confirmed purge of the edition must reach; null where none was owed, absent in tasks of older releases. */
  readonly purge_due?: number | null;
  readonly superseded_by_build_id: number | null;
  readonly superseded_by_outcome: RebuildOutcome | null;
  readonly started_at: Date | null;
  readonly dashboard_generation: number | null;
}

/** The row of a task, or undefined. */
export async function findTask(knex: Knex, taskId: string): Promise<Task | undefined> {
  return Task.query(knex).findById(taskId);
}

/**
 * The id of the rebuild whose outcome a task has: the one that it `asked` for, or the `newer` one that superseded that
 * and is of the same build. Both are written by one transaction, so neither ends before the other.
 */
export const followedRebuild = 'CASE WHEN newer.build_id = asked.build_id THEN newer.id ELSE asked.id END';

/** The rebuilds that a task waits for, by edition. */
export async function rebuildsOfTask(knex: Knex, taskId: string): Promise<readonly TaskRebuildRow[]> {
  return knex('task_rebuilds')
    .join({ asked: 'rebuilds' }, 'asked.id', 'task_rebuilds.rebuild_id')
    .leftJoin({ newer: 'rebuilds' }, 'newer.id', 'asked.superseded_by')
    .joinRaw(`JOIN rebuilds ON rebuilds.id = ${followedRebuild}`)
    .where('task_rebuilds.task_id', taskId)
    .orderBy('rebuilds.edition_id')
    .select<TaskRebuildRow[]>(
      'rebuilds.edition_id',
      'rebuilds.build_id',
      'rebuilds.generation',
      'rebuilds.outcome',
      'rebuilds.error',
      'rebuilds.counts',
      'rebuilds.purge_due',
      'rebuilds.dashboard_generation',
      knex.raw('coalesce(asked.started_at, rebuilds.started_at) AS started_at'),
      knex.raw('CASE WHEN rebuilds.id = asked.id THEN newer.build_id END AS superseded_by_build_id'),
      knex.raw('CASE WHEN rebuilds.id = asked.id THEN newer.outcome END AS superseded_by_outcome'),
    );
}

/** The ids of the editions whose rebuilds among these are published and not purged yet. */
export async function unpurgedEditions(knex: Knex, rebuilds: readonly TaskRebuildRow[]): Promise<ReadonlySet<number>> {
  const due = new Map(rebuilds.map((rebuild) => [rebuild.edition_id, rebuild.purge_due ?? 0]));
  for (const [id, value] of due) if (value === 0) due.delete(id);
  if (due.size === 0) return new Set();
  const rows = await knex('editions')
    .whereIn('id', [...due.keys()])
    .select<{ id: number; purge_done: number }[]>('id', 'purge_done');
  return new Set(rows.filter((row) => row.purge_done < (due.get(row.id) ?? 0)).map(({ id }) => id));
}

/** The events of the publications that a task waited for; one that was told a month ago is no longer among them. */
export async function eventsOfTask(knex: Knex, taskId: string): Promise<readonly EventFacts[]> {
  return knex('task_rebuilds')
    .join({ asked: 'rebuilds' }, 'asked.id', 'task_rebuilds.rebuild_id')
    .leftJoin({ newer: 'rebuilds' }, 'newer.id', 'asked.superseded_by')
    .joinRaw(`JOIN rebuilds ON rebuilds.id = ${followedRebuild}`)
    .join('edition_events', (on) =>
      on
        .on('edition_events.edition_id', 'rebuilds.edition_id')
        .andOn('edition_events.generation', 'rebuilds.generation'),
    )
    .where('task_rebuilds.task_id', taskId)
    .orderBy('edition_events.id')
    .select<EventFacts[]>('edition_events.outcome', 'edition_events.error');
}

/** What is known of a product's dashboard. */
export type DashboardFacts = Pick<
  Product,
  'dashboard_attempted_generation' | 'dashboard_built_generation' | 'dashboard_error' | 'dashboard_result'
>;

const dashboardColumns = [
  'dashboard_attempted_generation',
  'dashboard_built_generation',
  'dashboard_error',
  'dashboard_result',
] as const satisfies readonly (keyof DashboardFacts)[];

/** The dashboard's columns of a task's product. */
export async function dashboardFacts(knex: Knex, productId: number): Promise<DashboardFacts> {
  return Product.query(knex)
    .findById(productId)
    .select(...dashboardColumns)
    .throwIfNotFound();
}

/** The dashboards that a task for several products still waits for; none for any other task. */
export async function sharedDashboards(
  knex: Knex,
  taskId: string,
): Promise<readonly (DashboardFacts & { readonly generation: number })[]> {
  return knex('task_dashboards')
    .join('products', 'products.id', 'task_dashboards.product_id')
    .where({ task_id: taskId })
    .select<(DashboardFacts & { generation: number })[]>('generation', ...dashboardColumns);
}
