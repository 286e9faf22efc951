import type { Knex } from 'knex';
import type { CopyCounts } from '../../domain/copy-counts.js';
import type { RebuildOutcome } from '../../domain/edition-state.js';
import type { EventFacts } from '../../domain/task-status.js';
import { Product } from '../models/product.js';
import { Task } from '../models/task.js';

/** One rebuild of a task, as `closeTasks` stores it and as an open task is read. */
export interface TaskRebuildRow {
  readonly edition_id: number;
  readonly build_id: number;
  readonly generation: number;
  readonly outcome: RebuildOutcome | null;
  readonly error: string | null;
  readonly counts: CopyCounts | null;
  /** The `purge_due` that must be confirmed; null if none was due, absent in tasks of older releases. */
  readonly purge_due?: number | null;
  readonly superseded_by_build_id: number | null;
  readonly superseded_by_outcome: RebuildOutcome | null;
  readonly started_at: Date | null;
  readonly dashboard_generation: number | null;
}

/** Returns a task, or undefined. */
export async function findTask(knex: Knex, taskId: string): Promise<Task | undefined> {
  return Task.query(knex).findById(taskId);
}

/** A task has the outcome of the rebuild that it `asked` for, or of a `newer` one of the same build. */
export const followedRebuild = 'CASE WHEN newer.build_id = asked.build_id THEN newer.id ELSE asked.id END';

/** Returns the rebuilds of a task, ordered by edition. */
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

/** Returns the editions of these rebuilds whose publication's purge is not confirmed. */
export async function unpurgedEditions(knex: Knex, rebuilds: readonly TaskRebuildRow[]): Promise<ReadonlySet<number>> {
  const due = new Map(rebuilds.map((rebuild) => [rebuild.edition_id, rebuild.purge_due ?? 0]));
  for (const [id, value] of due) if (value === 0) due.delete(id);
  if (due.size === 0) return new Set();
  const rows = await knex('editions')
    .whereIn('id', [...due.keys()])
    .select<{ id: number; purge_done: number }[]>('id', 'purge_done');
  return new Set(rows.filter((row) => row.purge_done < (due.get(row.id) ?? 0)).map(({ id }) => id));
}

/** Returns the events of a task's publications. Events are deleted a month after their delivery. */
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

/** The state of a product's dashboard. */
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

/** Reads the state of a product's dashboard. */
export async function dashboardFacts(knex: Knex, productId: number): Promise<DashboardFacts> {
  return Product.query(knex)
    .findById(productId)
    .select(...dashboardColumns)
    .throwIfNotFound();
}

/** Returns the dashboards that a task of several products still waits for. */
export async function sharedDashboards(
  knex: Knex,
  taskId: string,
): Promise<readonly (DashboardFacts & { readonly generation: number })[]> {
  return knex('task_dashboards')
    .join('products', 'products.id', 'task_dashboards.product_id')
    .where({ task_id: taskId })
    .select<(DashboardFacts & { generation: number })[]>('generation', ...dashboardColumns);
}
