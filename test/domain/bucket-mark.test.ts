import assert from 'node:assert/strict';
import { isInStep, isUnwritten, marksAfter } from '../../src/domain/bucket-mark.js';

const given = (...tokens: readonly string[]) => ({ tokens, seen: true });
const unseen = (...tokens: readonly string[]) => ({ tokens, seen: false });

describe('isInStep', () => {
  const cases: readonly (readonly [string, ReturnType<typeof given>, string | null, boolean])[] = [
    ['a new database and a new bucket', unseen(), null, true],
    ['a bucket that holds the last mark', given('a', 'b'), 'b', true],
    ['a last mark that was not written', given('a', 'b'), 'a', true],
    ['marks of which none was written', unseen('a', 'b'), null, true],
    ['a database that is older than the bucket', given('a', 'b'), 'c', false],
    ["a database that is older than the bucket's first mark", unseen(), 'a', false],
    ['a bucket that is older than the database', given('c', 'd'), 'a', false],
    ['a bucket that was emptied', given('a'), null, false],
  ];
  for (const [what, marks, found, inStep] of cases)
    it(`finds database and bucket ${inStep ? '' : 'not '}in step with ${what}`, () => {
      assert.equal(isInStep(marks, found), inStep);
    });
});

describe('marksAfter and isUnwritten', () => {
  const cases: readonly (readonly [string, readonly string[], string | null, readonly string[]])[] = [
    ['keeps no marks before the first one', [], null, []],
    ['keeps the mark that was found', ['a'], 'a', ['a']],
    ['keeps marks that may be written late', ['a', 'b'], 'a', ['a', 'b']],
    ['drops the oldest marks, but not the one that was found', ['a', 'b', 'c', 'd'], 'a', ['a', 'c', 'd']],
    ['keeps the marks in the order of their creation', ['a', 'b', 'c'], 'c', ['a', 'b', 'c']],
    ['drops the oldest marks beyond the limit', ['a', 'b', 'c', 'd'], 'd', ['b', 'c', 'd']],
    ['adds an unknown mark once it is adopted', ['a'], 'z', ['z', 'a']],
  ];
  for (const [what, tokens, found, after] of cases)
    it(what, () => {
      assert.deepEqual(marksAfter(given(...tokens), found), { tokens: after, seen: found !== null });
    });

  it('counts marks as unwritten only after three of them were not found', () => {
    assert.equal(isUnwritten(given('a', 'b', 'c'), 'a'), false);
    assert.equal(isUnwritten(given('a', 'b', 'c', 'd'), 'a'), true);
    assert.equal(isUnwritten(unseen('a', 'b'), null), false);
    assert.equal(isUnwritten(unseen('a', 'b', 'c'), null), true);
  });
});
