import assert from 'node:assert/strict';
import { needsWork, rebuildTarget } from '../../src/domain/edition-state.js';

const either = [false, true];

describe('needsWork', () => {
  for (const pending of either)
    for (const dirty of either)
      for (const vacating of either)
        for (const deleting of either) {
          const facts = { pending, dirty, vacating, deleting };
          const given = Object.entries(facts).flatMap(([name, on]) => (on ? [name] : []));
          const expected = given.length > 0;
          it(`returns ${String(expected)} for an edition that is ${given.join(' and ') || 'at rest'}`, () => {
            assert.equal(needsWork(facts), expected);
          });
        }
});

describe('rebuildTarget', () => {
  const target = (pending: boolean, declared: number | null, published: number | null): number | null =>
    rebuildTarget({ pending, deleting: false, declared, published });

  it('returns the declared build while the declaration is pending', () => {
    assert.equal(target(true, 2, 1), 2);
    assert.equal(target(true, 2, null), 2);
  });

  it('returns the published build after the declaration ended without a publication', () => {
    assert.equal(target(false, 2, 1), 1);
  });

  it('returns null when nothing was published, so that partial objects are deleted', () => {
    assert.equal(target(false, 2, null), null);
  });

  it('returns null for a pending edition without a declared build', () => {
    assert.equal(target(true, null, 1), null);
  });

  it('returns null for an edition that is being deleted, whatever it declares and shows', () => {
    for (const published of [null, 1])
      for (const declared of [null, 1, 2])
        assert.equal(rebuildTarget({ pending: false, deleting: true, declared, published }), null);
  });

  it('returns the declared build of an edition that is requested again while it is being deleted', () => {
    assert.equal(rebuildTarget({ pending: true, deleting: true, declared: 2, published: 1 }), 2);
  });
});
