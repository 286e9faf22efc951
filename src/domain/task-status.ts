import type { EventOutcome } from './edition-event.js';
import type { RebuildOutcome } from './edition-state.js';

/** The words of Celery, which LTD Keeper's clients poll for. */
export const taskStatuses = ['PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;

/** The status of a task. */
export type TaskStatus = (typeof taskStatuses)[number];

/** The statuses that no task leaves again. */
type FinalTaskStatus = Extract<TaskStatus, 'SUCCESS' | 'FAILURE' | 'REVOKED'>;

/**
 * What became of the dashboard that a task waits for: no attempt yet; an attempt failed and more follow; built; or
 * skipped, since none is configured.
 */
export const dashboardStates = ['waiting', 'retrying', 'built', 'skipped'] as const;

/** One of {@link dashboardStates}. */
export type DashboardState = (typeof dashboardStates)[number];

/** One rebuild that a task waits for. */
export interface TaskRebuild {
  readonly started: boolean;
  /** Null while it has not ended. */
  readonly outcome: RebuildOutcome | null;
}

/** Everything that a task's status follows from. */
interface TaskParts {
  /** None for a task that is only a dashboard. */
  readonly rebuilds: readonly TaskRebuild[];
  readonly dashboard: DashboardState;
  /** Whether an attempt at one of the unfinished rebuilds has failed and waits for its next. */
  readonly backingOff: boolean;
}

/**
 * The status of a task. It ends when all its rebuilds have ended and the first attempt at the dashboard after them was
 * made: a dashboard that fails never fails a publication. A task that is only a dashboard ends when that is built.
 */
export function taskStatus(parts: TaskParts): TaskStatus {
  if (parts.rebuilds.length === 0) return dashboardTaskStatus(parts.dashboard);
  const final = finalStatus(parts.rebuilds);
  if (final !== null && parts.dashboard !== 'waiting') return final;
  if (final === null && parts.backingOff) return 'RETRY';
  return parts.rebuilds.some(({ started, outcome }) => started || outcome !== null) ? 'STARTED' : 'PENDING';
}

/** Whether a status is one that no task leaves again. */
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

/** How rebuilds end together; null while one of them runs. A failure outweighs what was superseded or cancelled. */
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
  throw new RangeError(`'${String(word)}' is no known state of a task`);
}

/** A dashboard that a task waits for. Generations are numbers of a product's row. */
export interface WaitedDashboard {
  /** The generation that the task waits for. */
  readonly wanted: number;
  readonly attempted: number;
  readonly built: number;
  /** How the newest one that was built came to be; null before the first. */
  readonly result: 'built' | 'skipped' | null;
  /** Why the newest attempt failed. */
  readonly error: string | null;
}

/** Where the dashboards of a task are, taken together, and why an attempt failed where one did. */
export interface DashboardProgress {
  readonly state: DashboardState;
  readonly error: string | null;
}

/** The state of all dashboards that a task waits for: that of the one that is farthest from its end. */
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

/** What became of telling the world of publications: nothing to tell, not told yet, told, refused for good. */
export const eventsStates = ['none', 'waiting', 'delivered', 'rejected'] as const;
type EventsState = (typeof eventsStates)[number];

/** The delivery of one event. */
export interface EventFacts {
  /** Null while it is not known to be taken, however often it has been sent. */
  readonly outcome: EventOutcome | null;
  /** Why it was refused, the last time or for good. */
  readonly error: string | null;
}

/** How far the events of a task are, taken together, and why one was refused where one was. */
export interface EventsProgress {
  readonly state: EventsState;
  readonly error: string | null;
}

/** The state of all events of a task: `waiting` as long as any is, else `rejected` where any was. */
export function eventsProgress(events: readonly EventFacts[]): EventsProgress {
  const refused =
    events.find(({ outcome }) => outcome === 'rejected') ?? events.find(({ error }) => error !== null);
  return { state: stateOfEvents(events), error: refused?.error ?? null };
}

function stateOfEvents(events: readonly EventFacts[]): EventsState {
  if (events.some(({ outcome }) => outcome === null)) return 'waiting';
  return (
    (['rejected', 'delivered'] as const).find((word) => events.some(({ outcome }) => outcome === word)) ??
    'none'
  );
}
