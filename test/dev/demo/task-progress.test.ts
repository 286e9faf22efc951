import assert from 'node:assert/strict';
import type { Task } from '../../../dev/client/answers.js';
import { describeFailure, describeOutcome, describeProgress } from '../../../dev/demo/task-progress.js';

type Edition = Task['metadata']['editions'][number];

describe('the progress line of a task', () => {
  const edition: Edition = {
    edition_url: 'http://keeper.test/editions/1',
    outcome: null,
    objects_total: 40,
    objects_done: 10,
    objects_unchanged: 4,
    objects_removed: 1,
    bytes_done: 100,
    last_error: null,
  };
  const task = (status: Task['status'], phase: string, ...editions: readonly Edition[]): Task => ({
    status,
    metadata: { phase, dashboard: 'waiting', editions: [...editions] },
  });

  it('shows the progress of a copy', () => {
    assert.equal(
      describeProgress(task('STARTED', 'copying', edition)),
      'STARTED: copying [######------------------] 10 of 40 objects',
    );
  });

  it('adds up the counts of several editions', () => {
    assert.match(describeProgress(task('STARTED', 'copying', edition, edition)), /20 of 80 objects/);
  });

  it('shows the phase alone before any count', () => {
    const uncounted = { ...edition, objects_total: 0, objects_done: 0 };
    assert.equal(describeProgress(task('PENDING', 'waiting', uncounted)), 'PENDING: waiting');
  });

  it('sums up the finished work of a task', () => {
    assert.equal(describeOutcome(task('SUCCESS', 'finished', edition)), 'SUCCESS: 40 objects, 4 unchanged, 1 removed');
    assert.equal(describeOutcome(task('SUCCESS', 'finished')), 'SUCCESS');
  });

  it('shows why a task failed', () => {
    const failed = { ...edition, outcome: 'failed', last_error: 'no such bucket' };
    assert.equal(describeFailure(task('FAILURE', 'finished', failed)), 'the task ended as FAILURE: no such bucket');
    assert.equal(describeFailure(task('REVOKED', 'finished', edition)), 'the task ended as REVOKED');
  });
});
