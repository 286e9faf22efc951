import assert from 'node:assert/strict';
import { judgeSchedule } from '../../src/doctor/check-temporal.js';
import type { ReconcileScheduleFacts } from '../../src/integrations/temporal/reconcile-schedule.js';

describe('judgeSchedule', () => {
  const now = new Date('2026-11-25T12:00:00Z');
  const healthy: ReconcileScheduleFacts = {
    paused: false,
    note: null,
    isAsMade: true,
    lastPassAt: new Date('2026-11-25T11:59:45Z'),
    lastPassStatus: 'COMPLETED',
    createdAt: new Date('2026-11-01T00:00:00Z'),
  };

  const cases: readonly (readonly [string, Partial<ReconcileScheduleFacts> | null, string, RegExp])[] = [
    ['runs', {}, 'ok', /every 30 s, last at 2026-11-25T11:59:45/],
    ['is running a pass', { lastPassStatus: 'RUNNING' }, 'ok', /every 30 s/],
    ['was just created', { lastPassAt: null, lastPassStatus: null, createdAt: now }, 'ok', /every 30 s\.$/],
    ['is missing', null, 'failure', /There is no schedule "reconcile"/],
    ['is paused', { paused: true }, 'failure', /is paused:/],
    ['is paused with a note', { paused: true, note: 'upgrade' }, 'failure', /is paused \(upgrade\)/],
    ['starts another workflow', { isAsMade: false }, 'warning', /not as this version makes it/],
    ['starts no passes', { lastPassAt: new Date('2026-11-25T11:50:00Z') }, 'failure', /begun for 600 s/],
    ['never started a pass', { lastPassAt: null, lastPassStatus: null }, 'failure', /No pass/],
    ['fails', { lastPassStatus: 'TIMED_OUT' }, 'failure', /ended as TIMED_OUT/],
  ];
  for (const [what, changes, status, says] of cases)
    it(`judges a schedule that ${what} as ${status}`, () => {
      const finding = judgeSchedule(changes === null ? null : { ...healthy, ...changes }, now);
      assert.equal(finding.status, status);
      assert.match(finding.message, says);
      assert.equal(finding.advice === undefined, status === 'ok', 'the finding has advice');
    });
});
