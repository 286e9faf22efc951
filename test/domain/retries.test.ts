import assert from 'node:assert/strict';
import { retriesForADay } from '../../src/domain/retries.js';

const minute = 60_000;
const hour = 60 * minute;

describe('retriesForADay', () => {
  const cases: readonly (readonly [string, number, number, number])[] = [
    ['one pause of a whole day', 24 * hour, 24 * hour, 2],
    ['24 pauses of an hour', hour, hour, 25],
    // 1 + 2 + 4 + 8 + 16 + 32 s, then a minute each.
    ['pauses that double up to a minute', 1_000, minute, 1_446],
  ];
  for (const [what, initialInterval, maximumInterval, attempts] of cases)
    it(`allows ${attempts} attempts with ${what}`, () => {
      const retries = retriesForADay({ initialInterval, maximumInterval });
      assert.equal(retries.maximumAttempts, attempts);
    });
});
