import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Task } from '../db/models/task.js';
import {
  type DashboardFacts,
  dashboardFacts,
  findTask,
  isTaskFinished,
  rebuildsOfTask,
  sharedDashboards,
  type TaskRebuildRow,
} from '../db/queries/tasks.js';
import type { CopyCounts } from '../domain/copy-counts.js';
import {
  dashboardProgress,
  type DashboardProgress,
  type WaitedDashboard,
} from '../domain/dashboard-state.js';
import { KeeperError } from '../domain/errors.js';
import { type DashboardState, taskStatus, type TaskStatus } from '../domain/task-status.js';
import type { LiveActivity, LiveRebuild, RebuildObserver } from './ports.js';

/** A task as it stands, with ids where the API shows addresses. */
export interface TaskView {
  readonly id: string;
  readonly status: TaskStatus;
  readonly editions: readonly TaskEdition[];
  readonly phase: string;
  readonly dashboard: DashboardState;
  readonly dashboardError: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Seconds that the copies still need at their rate so far; null where that is unknown. */
  readonly etaSeconds: number | null;
  /** True when neither Temporal nor a worker could be asked: the answer is the database's alone. */
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
}

/** What reading a task needs. */
export interface ReadTaskDependencies {
  readonly knex: Knex;
  readonly observer: RebuildObserver;
}

/** Which task, and how long to wait for its end. */
export interface ReadTaskInput {
  readonly taskId: string;
  /** Seconds; 0 answers at once. */
  readonly waitSeconds: number;
  /** Ends the wait early: the client is gone, or the process stops. */
  readonly signal: AbortSignal;
}

/** A waiting request looks this often: a look-up by key, cheap beside a client that polls by itself. Milliseconds. */
const lookInterval = 150;

/** Runs asked about for one answer: a task of more editions shows live numbers of these. */
const observedRuns = 20;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The state of an accepted request. A finished task is answered from its row alone, for ever.
 *
 * @throws {KeeperError} `not_found` for an id that no request got.
 */
export async function readTask(deps: ReadTaskDependencies, input: ReadTaskInput): Promise<TaskView> {
  const task = uuid.test(input.taskId) ? await findTask(deps.knex, input.taskId) : undefined;
  if (task === undefined) throw new KeeperError('not_found', 'invalid resource URI');
  if (task.finished_at !== null) return finishedTask(task, task.finished_at);
  if (input.waitSeconds <= 0) return openTaskView(deps, task);
  await untilFinished(deps.knex, input);
  return readTask(deps, { ...input, waitSeconds: 0 });
}

async function untilFinished(knex: Knex, { taskId, waitSeconds, signal }: ReadTaskInput): Promise<void> {
  const deadline = performance.now() + waitSeconds * 1_000;
  while (!signal.aborted && performance.now() < deadline) {
    if (await isTaskFinished(knex, taskId)) return;
    await sleep(lookInterval);
  }
}

function finishedTask(task: Task, finishedAt: Date): TaskView {
  const metadata = task.metadata as unknown as StoredMetadata; // written by closeTasks alone
  return {
    id: task.id,
    status: task.status ?? 'REVOKED',
    editions: metadata.editions.map((rebuild) => taskEdition(rebuild, null)),
    phase: 'finished',
    dashboard: metadata.dashboard,
    dashboardError: metadata.dashboard_error,
    startedAt: new Date(metadata.started_at),
    finishedAt,
    etaSeconds: null,
    stale: false,
  };
}

/** What `closeTasks` stores. */
interface StoredMetadata {
  readonly editions: readonly TaskRebuildRow[];
  readonly started_at: string;
  readonly dashboard: DashboardState;
  readonly dashboard_error: string | null;
}

async function openTaskView({ knex, observer }: ReadTaskDependencies, task: Task): Promise<TaskView> {
  const rebuilds = await rebuildsOfTask(knex, task.id);
  const open = rebuilds.filter(({ outcome }) => outcome === null);
  const { live, stale } = await observeAll(observer, open);
  const editions = rebuilds.map((rebuild) => taskEdition(rebuild, liveOf(live, rebuild)));
  const dashboard = await dashboardOf(knex, task, rebuilds);
  return {
    id: task.id,
    status: taskStatus({
      rebuilds: rebuilds.map(({ started_at, outcome }) => ({ started: started_at !== null, outcome })),
      dashboard: dashboard.state,
      backingOff: editions.some(({ activity }) => activity !== null && isBackingOff(activity)),
    }),
    editions,
    phase: phaseOf(open, live),
    dashboard: dashboard.state,
    dashboardError: dashboard.error,
    startedAt: earliest(rebuilds),
    finishedAt: null,
    etaSeconds: etaOf(rebuilds, live),
    stale,
  };
}

type LiveByEdition = ReadonlyMap<number, LiveRebuild>;

async function observeAll(
  observer: RebuildObserver,
  open: readonly TaskRebuildRow[],
): Promise<{ live: LiveByEdition; stale: boolean }> {
  const asked = open.slice(0, observedRuns).map(({ edition_id: id }) => id);
  const answers = await Promise.allSettled(asked.map((id) => observer.observe(id)));
  const live = new Map<number, LiveRebuild>();
  let stale = false;
  for (const [index, answer] of answers.entries()) {
    const id = asked[index];
    if (answer.status === 'rejected') stale = true;
    else if (id !== undefined && answer.value !== null) {
      live.set(id, answer.value);
      stale ||= answer.value.status === null;
    }
  }
  return { live, stale };
}

/** What runs for the edition, unless it is at another generation than this rebuild. */
function liveOf(live: LiveByEdition, rebuild: TaskRebuildRow): LiveRebuild | null {
  const found = live.get(rebuild.edition_id);
  const other = found?.status?.generation;
  return found === undefined || (other !== undefined && other !== null && other !== rebuild.generation)
    ? null
    : found;
}

function taskEdition(rebuild: TaskRebuildRow, live: LiveRebuild | null): TaskEdition {
  return {
    editionId: rebuild.edition_id,
    buildId: rebuild.build_id,
    outcome: rebuild.outcome,
    error: rebuild.error,
    counts: rebuild.counts ?? live?.counts ?? null,
    supersededByBuildId: rebuild.superseded_by_build_id,
    activity: live?.activity ?? null,
  };
}

function isBackingOff(activity: LiveActivity): boolean {
  return activity.attempt > 1 && activity.lastError !== null && activity.nextRetryAt !== null;
}

async function dashboardOf(
  knex: Knex,
  task: Task,
  rebuilds: readonly TaskRebuildRow[],
): Promise<DashboardProgress> {
  if (rebuilds.some(({ outcome }) => outcome === null)) return { state: 'waiting', error: null };
  const shared = await sharedDashboards(knex, task.id);
  if (shared.length > 0) return dashboardProgress(shared.map((one) => waited(one.generation, one)));
  // The last of its rebuilds asked for another dashboard when it ended.
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

function phaseOf(open: readonly TaskRebuildRow[], live: LiveByEdition): string {
  if (open.length === 0) return 'building the dashboard';
  const running = open
    .map((rebuild) => liveOf(live, rebuild)?.status?.phase)
    .find((phase) => phase !== undefined);
  return (
    running ??
    (open.some(({ started_at: startedAt }) => startedAt !== null) ? 'rebuilding' : 'waiting to start')
  );
}

function earliest(rebuilds: readonly TaskRebuildRow[]): Date | null {
  const times = rebuilds.flatMap(({ started_at: at }) => (at === null ? [] : [at.getTime()]));
  return times.length === 0 ? null : new Date(Math.min(...times));
}

/** By the rate of each copy since its rebuild began; the slowest decides. */
function etaOf(rebuilds: readonly TaskRebuildRow[], live: LiveByEdition): number | null {
  const etas = rebuilds.flatMap((rebuild) => {
    const counts = liveOf(live, rebuild)?.counts;
    if (rebuild.started_at === null || counts === undefined || counts === null) return [];
    const left = counts.objects_total - counts.objects_done;
    if (counts.objects_done === 0 || left < 0) return [];
    return [((Date.now() - rebuild.started_at.getTime()) / 1_000) * (left / counts.objects_done)];
  });
  return etas.length === 0 ? null : Math.ceil(Math.max(...etas));
}
