import assert from 'node:assert/strict';
import { formatDate } from '../../src/domain/dates.js';

describe('formatDate', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['2026-11-24T02:26:11.999Z', '2026-11-24T02:26:11Z'],
    ['2026-11-24T02:26:11Z', '2026-11-24T02:26:11Z'],
    ['2019-10-29T14:39:55+02:00', '2019-10-29T12:39:55Z'],
  ];
  for (const [date, expected] of cases) {
    it(`formats ${date} as ${expected}`, () => {
      assert.equal(formatDate(new Date(date)), expected);
    });
  }

  it('refuses an invalid date', () => {
    assert.throws(() => formatDate(new Date('never')), RangeError);
  });
});
