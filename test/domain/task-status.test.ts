import assert from 'node:assert/strict';
import type { RebuildOutcome } from '../../src/domain/edition-state.js';
import {
  type DashboardState,
  isFinal,
  taskStatus,
  type TaskRebuild,
  taskStatuses,
  type TaskStatus,
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
      assert.equal(
        taskStatus({ rebuilds: [rebuild(part)], dashboard: 'waiting', backingOff: true }),
        'RETRY',
      );
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
    assert.throws(() => isFinal(newer), /'PAUSED' is no known state of a task/);
  });
});
