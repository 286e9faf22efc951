import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareVersions, parseVersion } from '../../../src/domain/tracking/version.js';

describe('parseVersion', () => {
  const patterns = [/^v([0-9]+)_([0-9]+)$/, /^([0-9]+)\.([0-9]+)$/];

  it('reads the numbers of the first pattern that matches', () => {
    assert.deepEqual(parseVersion('v1_02', patterns), [1n, 2n]);
    assert.deepEqual(parseVersion('10.20', patterns), [10n, 20n]);
  });

  it('returns null when no pattern matches or there is no ref', () => {
    assert.equal(parseVersion('main', patterns), undefined);
    assert.equal(parseVersion(undefined, patterns), undefined);
  });
});

describe('compareVersions', () => {
  const version = fc.array(fc.bigInt({ min: 0n, max: 3n }), { maxLength: 3 });
  const seed = 20_180_701;

  it('compares numbers of any size as numbers', () => {
    assert.ok(compareVersions([1n, 10n], [1n, 9n]) > 0);
    assert.ok(compareVersions([2n, 0n], [10n, 0n]) < 0);
    assert.ok(compareVersions([9_007_199_254_740_993n], [9_007_199_254_740_992n]) > 0);
    assert.equal(compareVersions([2018n, 7n], [2018n, 7n]), 0);
  });

  it('sorts a version before longer ones that begin with it', () => {
    assert.ok(compareVersions([], [0n]) < 0);
    assert.ok(compareVersions([1n, 0n], [1n]) > 0);
  });

  it('defines a total order of versions', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        assert.equal(Math.sign(compareVersions(a, b)), 0 - Math.sign(compareVersions(b, a)));
        assert.equal(compareVersions(a, b) === 0, a.join() === b.join());
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
