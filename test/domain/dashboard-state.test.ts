import assert from 'node:assert/strict';
import { dashboardProgress, type WaitedDashboard } from '../../src/domain/dashboard-state.js';
import type { DashboardState } from '../../src/domain/task-status.js';

type Generations = readonly [wanted: number, attempted: number, built: number];

function dashboard(generations: Generations, result: WaitedDashboard['result'] = 'built'): WaitedDashboard {
  const [wanted, attempted, built] = generations;
  return { wanted, attempted, built, result, error: `of ${wanted}` };
}

describe('dashboardProgress', () => {
  const cases: readonly (readonly [string, readonly WaitedDashboard[], DashboardState, string | null])[] = [
    ['no attempt yet', [dashboard([2, 1, 1])], 'waiting', null],
    ['an attempt that failed', [dashboard([2, 2, 1])], 'retrying', 'of 2'],
    ['one that is built', [dashboard([2, 2, 2])], 'built', null],
    ['one that is built beyond', [dashboard([2, 5, 4])], 'built', null],
    ['one that nobody builds', [dashboard([2, 2, 2], 'skipped')], 'skipped', null],
    ['one that is built, of which no more is known', [dashboard([2, 2, 2], null)], 'built', null],
    ['several that are built', [dashboard([2, 2, 2]), dashboard([7, 7, 7])], 'built', null],
    ['several of which one waits', [dashboard([2, 2, 2]), dashboard([7, 6, 6])], 'waiting', null],
    ['several of which one failed', [dashboard([3, 2, 2]), dashboard([7, 7, 6])], 'retrying', 'of 7'],
    ['several of which one is built', [dashboard([2, 2, 2], 'skipped'), dashboard([7, 7, 7])], 'built', null],
  ];
  for (const [what, dashboards, state, error] of cases)
    it(`of ${what} is ${state}`, () => {
      assert.deepEqual(dashboardProgress(dashboards), { state, error });
    });
});
