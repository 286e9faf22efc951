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
    ['a failed attempt', [dashboard([2, 2, 1])], 'retrying', 'of 2'],
    ['a dashboard that is built', [dashboard([2, 2, 2])], 'built', null],
    ['a dashboard that is built for a later generation', [dashboard([2, 5, 4])], 'built', null],
    ['a dashboard that was skipped', [dashboard([2, 2, 2], 'skipped')], 'skipped', null],
    ['a built dashboard without details', [dashboard([2, 2, 2], null)], 'built', null],
    ['several dashboards that are built', [dashboard([2, 2, 2]), dashboard([7, 7, 7])], 'built', null],
    ['several dashboards of which one waits', [dashboard([2, 2, 2]), dashboard([7, 6, 6])], 'waiting', null],
    [
      'several dashboards of which one failed',
      [dashboard([3, 2, 2]), dashboard([7, 7, 6])],
      'retrying',
      'of 7',
    ],
    [
      'several dashboards of which one is built',
      [dashboard([2, 2, 2], 'skipped'), dashboard([7, 7, 7])],
      'built',
      null,
    ],
  ];
  for (const [what, dashboards, state, error] of cases)
    it(`returns the state ${state} for ${what}`, () => {
      assert.deepEqual(dashboardProgress(dashboards), { state, error });
    });
});
