import assert from 'node:assert/strict';
import { judgeClock } from '../../src/doctor/check-database.js';

describe('judgeClock', () => {
  const ours = new Date('2026-11-25T12:00:00Z');

  for (const [theirs, status, says] of [
    ['2026-11-25T12:00:59Z', 'ok', /agrees/],
    ['2026-11-25T11:59:01Z', 'ok', /agrees/],
    ['2026-11-25T12:02:00Z', 'warning', /120 s ahead of/],
    ['2026-11-25T11:00:00Z', 'warning', /3600 s behind/],
  ] as const)
    it(`judges a clock at ${theirs} as ${status}`, () => {
      const finding = judgeClock('database clock', new Date(theirs), ours);
      assert.equal(finding.status, status);
      assert.match(finding.message, says);
    });
});
