import assert from 'node:assert/strict';
import {
  afterFailure,
  type FailureBudget,
  type ForgivenAt,
  waitFor,
} from '../../src/domain/failure-budget.js';

const budget: FailureBudget = { failures: 3, forgiveness: 60 };

/** What is known after so many failures at these times. */
function known(...times: readonly number[]): ForgivenAt | undefined {
  return times.reduce<ForgivenAt | undefined>((before, at) => afterFailure(before, at, budget), undefined);
}

describe('a budget of failures', () => {
  const cases: readonly (readonly [what: string, failures: readonly number[], now: number, wait: number])[] =
    [
      ['takes the first attempt', [], 1_000, 0],
      ['takes another below its number', [1_000, 1_000], 1_000, 0],
      ['holds up the next when it is used up', [1_000, 1_000, 1_000], 1_000, 60],
      ['says how much of the wait is left', [1_000, 1_000, 1_000], 1_045, 15],
      ['forgives one in its time', [1_000, 1_000, 1_000], 1_060, 0],
      ['forgives no more than one in that time', [1_000, 1_000, 1_000, 1_060], 1_060, 60],
      ['forgives all in time', [1_000, 1_000, 1_000], 9_000, 0],
      ['holds old failures against nobody', [0, 0, 0, 9_000], 9_000, 0],
      ['counts those that came at once', [1_000, 1_000, 1_000, 1_000, 1_000], 1_000, 180],
      ['counts at most twice its number', Array.from({ length: 100 }, () => 1_000), 1_000, 240],
    ];
  for (const [what, failures, now, wait] of cases) {
    it(what, () => {
      assert.equal(waitFor(known(...failures), now, budget), wait);
    });
  }
});
