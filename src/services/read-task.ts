import type { Knex } from 'knex';
import type { Task } from '../db/models/task.js';
import {
  type DashboardFacts,
  dashboardFacts,
  eventsOfTask,
  findTask,
  rebuildsOfTask,
  sharedDashboards,
  type TaskRebuildRow,
  unpurgedEditions,
} from '../db/queries/tasks.js';
import type { CopyCounts } from '../domain/copy-counts.js';
import {
  dashboardProgress,
  type DashboardProgress,
  type DashboardState,
  eventsProgress,
  type EventsProgress,
  taskStatus,
  type TaskStatus,
  type WaitedDashboard,
} from '../domain/task-status.js';
import { LtdError } from '../domain/errors.js';
import type { LiveNumbers } from '../workflows/contract.js';
import { etaOf, isBackingOff, type ObservedRebuilds, observeRebuilds, phaseOf } from './observe-rebuilds.js';
import type { LiveActivity, RebuildObserver } from './ports.js';

/** The current state of a task. It holds ids; the API shows addresses. */
export interface TaskView {
  readonly id: string;
  readonly status: TaskStatus;
  readonly editions: readonly TaskEdition[];
  readonly phase: string;
  readonly dashboard: DashboardState;
  readonly dashboardError: string | null;
  /** The notices of the request that made the task. */
  readonly notices: readonly string[];
  /** The delivery of the task's events. It may change after the task's end, since no task waits for events. */
  readonly events: EventsProgress;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Seconds until the slowest copy ends, at its current speed; null if unknown. */
  readonly etaSeconds: number | null;
  /** Whether Temporal or a worker did not answer: live values may be missing. */
  readonly stale: boolean;
}

/** One rebuild of a task. */
export interface TaskEdition {
  readonly editionId: number;
  readonly buildId: number;
  readonly outcome: TaskRebuildRow['outcome'];
  readonly error: string | null;
  readonly counts: CopyCounts | null;
  readonly supersededByBuildId: number | null;
  readonly activity: LiveActivity | null;
  /** Who paused the run, and which command ends the pause, as text; null if it is not paused. */
  readonly pause: string | null;
  /** Whether the edition is published and the CDN has not confirmed its purge. It may change after the task's end. */
  readonly isPurgePending: boolean;
  /** The speed of the copy; null if no copy runs. */
  readonly live: LiveNumbers | null;
}

/** The collaborators of {@link readTask}. */
export interface ReadTaskDeps {
  readonly knex: Knex;
  readonly observer: RebuildObserver;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Returns the state of a task. A finished task is read from its row; only the states of its events and purges can still
 * change.
 *
 * @throws {LtdError} `not_found` for an unknown id.
 */
export async function readTask(deps: ReadTaskDeps, taskId: string): Promise<TaskView> {
  const task = await findKnownTask(deps.knex, taskId);
  return task.finished_at === null ? openTaskView(deps, task) : finishedTask(deps.knex, task, task.finished_at);
}

/**
 * Returns the state of a finished task; undefined, after one look-up by key, while it is open.
 *
 * @throws {LtdError} as {@link readTask}.
 */
export async function readFinishedTask(knex: Knex, taskId: string): Promise<TaskView | undefined> {
  const task = await findKnownTask(knex, taskId);
  return task.finished_at === null ? undefined : finishedTask(knex, task, task.finished_at);
}

async function findKnownTask(knex: Knex, taskId: string): Promise<Task> {
  const task = uuid.test(taskId) ? await findTask(knex, taskId) : undefined;
  if (task === undefined) throw new LtdError('not_found', 'invalid resource URI');
  return task;
}

async function finishedTask(knex: Knex, task: Task, finishedAt: Date): Promise<TaskView> {
  const metadata = task.metadata as unknown as StoredMetadata; // written by closeTasks alone
  const unpurged = await unpurgedEditions(knex, metadata.editions);
  return {
    id: task.id,
    status: task.status ?? 'REVOKED',
    editions: metadata.editions.map((rebuild) => taskEdition(rebuild, { unpurged })),
    phase: 'finished',
    dashboard: metadata.dashboard,
    dashboardError: metadata.dashboard_error,
    notices: task.notices,
    startedAt: new Date(metadata.started_at),
    events: await eventsOf(knex, task),
    finishedAt,
    etaSeconds: null,
    stale: false,
  };
}

/** The metadata that `closeTasks` stores. */
interface StoredMetadata {
  readonly editions: readonly TaskRebuildRow[];
  readonly started_at: string;
  readonly dashboard: DashboardState;
  readonly dashboard_error: string | null;
}

async function openTaskView({ knex, observer }: ReadTaskDeps, task: Task): Promise<TaskView> {
  const rebuilds = await rebuildsOfTask(knex, task.id);
  const open = rebuilds.filter(({ outcome }) => outcome === null);
  const observed = await observeRebuilds(observer, open);
  const unpurged = await unpurgedEditions(knex, rebuilds);
  const editions = rebuilds.map((rebuild) => taskEdition(rebuild, { observed, unpurged }));
  const dashboard = await dashboardOf(knex, task, rebuilds);
  return {
    id: task.id,
    status: taskStatus({
      rebuilds: rebuilds.map(({ started_at, outcome }) => ({ started: started_at !== null, outcome })),
      dashboard: dashboard.state,
      backingOff: editions.some(({ activity }) => activity !== null && isBackingOff(activity)),
    }),
    editions,
    phase: phaseOf(open, observed),
    dashboard: dashboard.state,
    dashboardError: dashboard.error,
    notices: task.notices,
    events: await eventsOf(knex, task),
    startedAt: earliest(rebuilds),
    finishedAt: null,
    etaSeconds: etaOf(editions),
    stale: observed.stale,
  };
}

async function eventsOf(knex: Knex, { id }: Task): Promise<EventsProgress> {
  return eventsProgress(await eventsOfTask(knex, id));
}

function taskEdition(
  rebuild: TaskRebuildRow,
  { observed, unpurged }: { readonly observed?: ObservedRebuilds; readonly unpurged: ReadonlySet<number> },
): TaskEdition {
  const isOpen = rebuild.outcome === null;
  const live = observed?.live(rebuild) ?? null;
  return {
    editionId: rebuild.edition_id,
    buildId: rebuild.build_id,
    outcome: rebuild.outcome,
    error: rebuild.error,
    counts: rebuild.counts ?? live?.counts ?? null,
    supersededByBuildId: rebuild.superseded_by_build_id,
    pause: (isOpen ? observed?.pause(rebuild) : null) ?? null,
    activity: live?.activity ?? null,
    isPurgePending: unpurged.has(rebuild.edition_id),
    live: live?.live ?? null,
  };
}

async function dashboardOf(knex: Knex, task: Task, rebuilds: readonly TaskRebuildRow[]): Promise<DashboardProgress> {
  if (rebuilds.some(({ outcome }) => outcome === null)) return { state: 'waiting', error: null };
  const shared = await sharedDashboards(knex, task.id);
  if (shared.length > 0) return dashboardProgress(shared.map((one) => waited(one.generation, one)));
  // Each rebuild requests another dashboard when it ends; the last request counts.
  const asked = rebuilds.map((rebuild) => rebuild.dashboard_generation ?? 0);
  const wanted = Math.max(0, ...asked) || task.dashboard_generation;
  return dashboardProgress([waited(wanted, await dashboardFacts(knex, task.product_id))]);
}

function waited(wanted: number, facts: DashboardFacts): WaitedDashboard {
  return {
    wanted,
    attempted: facts.dashboard_attempted_generation,
    built: facts.dashboard_built_generation,
    result: facts.dashboard_result,
    error: facts.dashboard_error,
  };
}

function earliest(rebuilds: readonly TaskRebuildRow[]): Date | null {
  const times = rebuilds.flatMap(({ started_at: at }) => (at === null ? [] : [at.getTime()]));
  return times.length === 0 ? null : new Date(Math.min(...times));
}
