import assert from 'node:assert/strict';
import { isInStep, isUnwritten, marksAfter } from '../../src/domain/bucket-mark.js';

const given = (...tokens: readonly string[]) => ({ tokens, seen: true });
const unseen = (...tokens: readonly string[]) => ({ tokens, seen: false });

describe('bucket and database', () => {
  const cases: readonly (readonly [string, ReturnType<typeof given>, string | null, boolean])[] = [
    ['that have never met', unseen(), null, true],
    ['where the bucket holds the last mark', given('a', 'b'), 'b', true],
    ['where the last mark did not arrive', given('a', 'b'), 'a', true],
    ['where no mark ever arrived', unseen('a', 'b'), null, true],
    ['where the database is older', given('a', 'b'), 'c', false],
    ['where the database is older than the bucket’s first mark', unseen(), 'a', false],
    ['where the bucket is older', given('c', 'd'), 'a', false],
    ['where the bucket was emptied', given('a'), null, false],
  ];
  for (const [what, marks, found, inStep] of cases)
    it(`${what} are ${inStep ? '' : 'not '}in step`, () => {
      assert.equal(isInStep(marks, found), inStep);
    });
});

describe('the marks that a bucket may hold', () => {
  const cases: readonly (readonly [string, readonly string[], string | null, readonly string[]])[] = [
    ['begin with none', [], null, []],
    ['are the one that was seen', ['a'], 'a', ['a']],
    ['have those that may come late', ['a', 'b'], 'a', ['a', 'b']],
    ['forget those of long ago, never the one that was seen', ['a', 'b', 'c', 'd'], 'a', ['a', 'c', 'd']],
    ['forget in the order in which they were given out', ['a', 'b', 'c'], 'c', ['a', 'b', 'c']],
    ['forget the oldest of them', ['a', 'b', 'c', 'd'], 'd', ['b', 'c', 'd']],
    ['have the one that nobody knew, once it is adopted', ['a'], 'z', ['z', 'a']],
  ];
  for (const [what, tokens, found, after] of cases)
    it(what, () => {
      assert.deepEqual(marksAfter(given(...tokens), found), { tokens: after, seen: found !== null });
    });

  it('count as unwritten only after three of them did not arrive', () => {
    assert.equal(isUnwritten(given('a', 'b', 'c'), 'a'), false);
    assert.equal(isUnwritten(given('a', 'b', 'c', 'd'), 'a'), true);
    assert.equal(isUnwritten(unseen('a', 'b'), null), false);
    assert.equal(isUnwritten(unseen('a', 'b', 'c'), null), true);
  });
});
