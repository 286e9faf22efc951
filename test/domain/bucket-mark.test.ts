import assert from 'node:assert/strict';
import { type BucketMark, isInStep, tokensAfter } from '../../src/domain/bucket-mark.js';

const mark = (token: string | null): BucketMark => ({ pass: 7, token });

describe('bucket and database', () => {
  const cases: readonly (readonly [string, readonly string[] | null, BucketMark | null, boolean])[] = [
    ['that have never met', null, null, true],
    ['where the bucket holds the last mark', ['a', 'b'], mark('b'), true],
    ['where the last mark did not arrive', ['a', 'b'], mark('a'), true],
    ['where the database is older', ['a', 'b'], mark('c'), false],
    ['where the database is older than the bucket’s first mark', null, mark('a'), false],
    ['where the bucket is older', ['c', 'd'], mark('a'), false],
    ['where the bucket was emptied', ['a'], null, false],
    ['where the bucket does not tell', null, mark(null), true],
  ];
  for (const [what, expected, found, inStep] of cases)
    it(`${what} are ${inStep ? '' : 'not '}in step`, () => {
      assert.equal(isInStep(expected, found), inStep);
    });
});

describe('the marks that a bucket may hold', () => {
  const cases: readonly (readonly [
    string,
    readonly string[] | null,
    BucketMark | null,
    readonly string[],
  ])[] = [
    ['begin with the first', null, null, ['next']],
    ['are the one that was seen and the next', ['a'], mark('a'), ['a', 'next']],
    ['have those that may come late', ['a', 'b'], mark('a'), ['a', 'b', 'next']],
    [
      'forget those of long ago, never the one that was seen',
      ['a', 'b', 'c', 'd'],
      mark('a'),
      ['a', 'c', 'd', 'next'],
    ],
    ['forget in the order in which they were given out', ['a', 'b', 'c'], mark('c'), ['a', 'b', 'c', 'next']],
    ['forget the oldest of them', ['a', 'b', 'c', 'd'], mark('d'), ['b', 'c', 'd', 'next']],
    ['have the one that nobody knew, once everything is looked at', ['a'], mark('z'), ['z', 'a', 'next']],
  ];
  for (const [what, expected, found, after] of cases)
    it(what, () => {
      assert.deepEqual(tokensAfter(expected, found, 'next'), after);
    });
});
