import type { DashboardState } from './task-status.js';

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
  const states = dashboards.map((dashboard) => ({ dashboard, state: stateOf(dashboard) }));
  const failed = states.find(({ state }) => state === 'retrying');
  if (failed !== undefined) return { state: 'retrying', error: failed.dashboard.error };
  const farthest = (['waiting', 'built'] as const).find((word) => states.some(({ state }) => state === word));
  return { state: farthest ?? 'skipped', error: null };
}

function stateOf({ wanted, attempted, built, result }: WaitedDashboard): DashboardState {
  if (built >= wanted) return result ?? 'built';
  return attempted >= wanted ? 'retrying' : 'waiting';
}
