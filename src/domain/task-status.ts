import type { RebuildOutcome } from './edition-state.js';

/** The words of Celery, which LTD Keeper's clients poll for. */
export const taskStatuses = ['PENDING', 'STARTED', 'RETRY', 'SUCCESS', 'FAILURE', 'REVOKED'] as const;

/** The status of a task. */
export type TaskStatus = (typeof taskStatuses)[number];

/** The statuses that no task leaves again. */
export type FinalTaskStatus = Extract<TaskStatus, 'SUCCESS' | 'FAILURE' | 'REVOKED'>;

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
export interface TaskParts {
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
