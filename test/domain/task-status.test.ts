import assert from 'node:assert/strict';
import type { RebuildOutcome } from '../../src/domain/edition-state.js';
import {
  dashboardProgress,
  type DashboardState,
  type EventFacts,
  eventsProgress,
  isFinal,
  type TaskRebuild,
  taskStatus,
  type TaskStatus,
  taskStatuses,
  type WaitedDashboard,
} from '../../src/domain/task-status.js';

type Part = RebuildOutcome | 'waiting' | 'running';

function rebuild(part: Part): TaskRebuild {
  if (part === 'waiting') return { started: false, outcome: null };
  return { started: true, outcome: part === 'running' ? null : part };
}

describe('taskStatus', () => {
  const cases: readonly (readonly [readonly Part[], DashboardState, TaskStatus])[] = [
    [['waiting'], 'waiting', 'PENDING'],
    [['waiting', 'waiting'], 'waiting', 'PENDING'],
    [['running'], 'waiting', 'STARTED'],
    [['running', 'waiting'], 'waiting', 'STARTED'],
    [['published', 'waiting'], 'waiting', 'STARTED'],
    // An earlier dashboard is irrelevant while a rebuild runs.
    [['running'], 'built', 'STARTED'],
    [['failed', 'running'], 'built', 'STARTED'],
    // The first attempt at the dashboard comes before the end of the task.
    [['published'], 'waiting', 'STARTED'],
    [['failed'], 'waiting', 'STARTED'],
    [['published'], 'built', 'SUCCESS'],
    [['published'], 'skipped', 'SUCCESS'],
    [['published'], 'retrying', 'SUCCESS'],
    [['published', 'published'], 'built', 'SUCCESS'],
    [['failed'], 'built', 'FAILURE'],
    [['failed'], 'retrying', 'FAILURE'],
    [['published', 'failed'], 'built', 'FAILURE'],
    [['superseded', 'failed', 'published'], 'built', 'FAILURE'],
    [['superseded'], 'built', 'REVOKED'],
    [['cancelled'], 'built', 'REVOKED'],
    [['reset'], 'built', 'REVOKED'],
    [['published', 'superseded'], 'built', 'REVOKED'],
    // A task that is only a dashboard.
    [[], 'waiting', 'PENDING'],
    [[], 'retrying', 'RETRY'],
    [[], 'built', 'SUCCESS'],
    [[], 'skipped', 'SUCCESS'],
  ];
  for (const [parts, dashboard, expected] of cases) {
    it(`returns ${expected} for ${parts.join(' and ') || 'no rebuild'} with the dashboard ${dashboard}`, () => {
      assert.equal(taskStatus({ rebuilds: parts.map(rebuild), dashboard, backingOff: false }), expected);
    });
  }

  it('returns RETRY while an attempt backs off, whether or not the rebuild had begun', () => {
    for (const part of ['waiting', 'running'] as const)
      assert.equal(taskStatus({ rebuilds: [rebuild(part)], dashboard: 'waiting', backingOff: true }), 'RETRY');
  });

  it('does not return RETRY once every rebuild has ended', () => {
    const rebuilds = [rebuild('published')];
    assert.equal(taskStatus({ rebuilds, dashboard: 'waiting', backingOff: true }), 'STARTED');
    assert.equal(taskStatus({ rebuilds, dashboard: 'built', backingOff: true }), 'SUCCESS');
  });
});

describe('isFinal', () => {
  it('names the final states of a task', () => {
    assert.deepEqual(taskStatuses.filter(isFinal), ['SUCCESS', 'FAILURE', 'REVOKED']);
  });

  it('refuses a state that a newer version may have stored', () => {
    const newer = 'PAUSED' as TaskStatus; // the database column may hold other values
    assert.throws(() => isFinal(newer), /'PAUSED' is not a known state of a task/);
  });
});

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
    ['several dashboards of which one failed', [dashboard([3, 2, 2]), dashboard([7, 7, 6])], 'retrying', 'of 7'],
    [
      'several dashboards of which one is built',
      [dashboard([2, 2, 2], 'skipped'), dashboard([7, 7, 7])],
      'built',
      null,
    ],
  ];
  for (const [what, dashboards, state, error] of cases)
    it(`returns ${state} for ${what}`, () => {
      assert.deepEqual(dashboardProgress(dashboards), { state, error });
    });
});

const waiting: EventFacts = { outcome: null, error: null };
const delivered: EventFacts = { outcome: 'delivered', error: null };
const rejected: EventFacts = { outcome: 'rejected', error: 'HTTP 400' };

describe('eventsProgress', () => {
  const cases: readonly (readonly [what: string, events: readonly EventFacts[], state: string, error: unknown])[] = [
    ['none without events', [], 'none', null],
    ['waiting before an event is delivered', [waiting], 'waiting', null],
    ['delivered once all events are delivered', [delivered, delivered], 'delivered', null],
    ['waiting until the last event is delivered', [delivered, waiting], 'waiting', null],
    ['rejected with the reason of a refused event', [delivered, rejected], 'rejected', 'HTTP 400'],
    [
      'waiting, with the reason, while one event is refused',
      [{ outcome: null, error: 'HTTP 404' }],
      'waiting',
      'HTTP 404',
    ],
    ['waiting, with the reason, beside a refused event', [rejected, waiting], 'waiting', 'HTTP 400'],
  ];
  for (const [what, events, state, error] of cases)
    it(`reports ${what}`, () => {
      assert.deepEqual(eventsProgress(events), { state, error });
    });
});
