import type { EventOutcome } from './edition-event.js';
import type { RebuildOutcome } from './edition-state.js';

/** Celery's words, for which LTD Keeper 1.x's clients poll. */
export const taskStatuses = ['PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;

/** The status of a task. */
export type TaskStatus = (typeof taskStatuses)[number];

/** The statuses that never change again. */
type FinalTaskStatus = Extract<TaskStatus, 'SUCCESS' | 'FAILURE' | 'REVOKED'>;

/**
 * The state of the dashboard that a task waits for: no attempt yet; an attempt failed and another follows; built;
 * skipped because no dashboard is configured.
 */
export const dashboardStates = ['waiting', 'retrying', 'built', 'skipped'] as const;

/** One of {@link dashboardStates}. */
export type DashboardState = (typeof dashboardStates)[number];

/** One rebuild that a task waits for. */
export interface TaskRebuild {
  readonly started: boolean;
  /** Null until it ends. */
  readonly outcome: RebuildOutcome | null;
}

/** The facts that decide a task's status. */
interface TaskParts {
  /** Empty for a task that only builds dashboards. */
  readonly rebuilds: readonly TaskRebuild[];
  readonly dashboard: DashboardState;
  /** Whether one of the running rebuilds waits for another attempt. */
  readonly backingOff: boolean;
}

/**
 * Returns the status of a task. A task ends when all its rebuilds and the first attempt at the dashboard after them
 * have ended: a failed dashboard never fails a publication. A task without rebuilds ends when its dashboard is built.
 */
export function taskStatus(parts: TaskParts): TaskStatus {
  if (parts.rebuilds.length === 0) return dashboardTaskStatus(parts.dashboard);
  const final = finalStatus(parts.rebuilds);
  if (final !== null && parts.dashboard !== 'waiting') return final;
  if (final === null && parts.backingOff) return 'RETRY';
  return parts.rebuilds.some(({ started, outcome }) => started || outcome !== null) ? 'STARTED' : 'PENDING';
}

/** Whether a status never changes again. */
export function isFinal(status: TaskStatus): status is FinalTaskStatus {
  switch (status) {
    case 'PENDING':
    case 'STARTED':
    case 'RETRY':
      return false;
    case 'SUCCESS':
    case 'FAILURE':
    case 'REVOKED':
      return true;
    default:
      return unknownWord(status);
  }
}

/** Combines the outcomes of rebuilds; null while one runs. A failure outweighs superseded and cancelled rebuilds. */
function finalStatus(rebuilds: readonly TaskRebuild[]): FinalTaskStatus | null {
  if (rebuilds.some(({ outcome }) => outcome === null)) return null;
  if (rebuilds.some(({ outcome }) => outcome === 'failed')) return 'FAILURE';
  return rebuilds.every(({ outcome }) => outcome === 'published') ? 'SUCCESS' : 'REVOKED';
}

function dashboardTaskStatus(dashboard: DashboardState): TaskStatus {
  switch (dashboard) {
    case 'waiting':
      return 'PENDING';
    case 'retrying':
      return 'RETRY';
    case 'built':
    case 'skipped':
      return 'SUCCESS';
    default:
      return unknownWord(dashboard);
  }
}

function unknownWord(word: never): never {
  throw new RangeError(`'${String(word)}' is not a known state of a task`);
}

/** A dashboard that a task waits for. `wanted`, `attempted` and `built` are generations of the product's row. */
export interface WaitedDashboard {
  /** The generation for which the task waits. */
  readonly wanted: number;
  readonly attempted: number;
  readonly built: number;
  /** The result of the newest built generation; null before the first. */
  readonly result: 'built' | 'skipped' | null;
  /** The error of the newest attempt. */
  readonly error: string | null;
}

/** The combined state of a task's dashboards, and the error of a failed attempt. */
export interface DashboardProgress {
  readonly state: DashboardState;
  readonly error: string | null;
}

/** Returns the combined state of a task's dashboards: that of the least advanced one. */
export function dashboardProgress(dashboards: readonly WaitedDashboard[]): DashboardProgress {
  const states = dashboards.map((dashboard) => ({ dashboard, state: stateOfDashboard(dashboard) }));
  const failed = states.find(({ state }) => state === 'retrying');
  if (failed !== undefined) return { state: 'retrying', error: failed.dashboard.error };
  const farthest = (['waiting', 'built'] as const).find((word) => states.some(({ state }) => state === word));
  return { state: farthest ?? 'skipped', error: null };
}

function stateOfDashboard({ wanted, attempted, built, result }: WaitedDashboard): DashboardState {
  if (built >= wanted) return result ?? 'built';
  return attempted >= wanted ? 'retrying' : 'waiting';
}

/** The combined state of a task's events: none to send, not all delivered, all delivered, at least one rejected. */
export const eventsStates = ['none', 'waiting', 'delivered', 'rejected'] as const;
type EventsState = (typeof eventsStates)[number];

/** The delivery of one event. */
export interface EventFacts {
  /** Null until the receiver accepts or rejects the event. */
  readonly outcome: EventOutcome | null;
  /** The error of the last attempt. */
  readonly error: string | null;
}

/** The combined state of a task's events, and the error of a failed attempt. */
export interface EventsProgress {
  readonly state: EventsState;
  readonly error: string | null;
}

/** Returns the combined state of a task's events: `waiting` if any waits, else `rejected` if any was. */
export function eventsProgress(events: readonly EventFacts[]): EventsProgress {
  const refused = events.find(({ outcome }) => outcome === 'rejected') ?? events.find(({ error }) => error !== null);
  return { state: stateOfEvents(events), error: refused?.error ?? null };
}

function stateOfEvents(events: readonly EventFacts[]): EventsState {
  if (events.some(({ outcome }) => outcome === null)) return 'waiting';
  return (['rejected', 'delivered'] as const).find((word) => events.some(({ outcome }) => outcome === word)) ?? 'none';
}
