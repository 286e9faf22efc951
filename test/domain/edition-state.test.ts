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
          it(`says ${expected ? 'yes' : 'no'} of an edition that is ${given.join(' and ') || 'at rest'}`, () => {
            assert.equal(needsWork(facts), expected);
          });
        }
});

describe('rebuildTarget', () => {
  const target = (pending: boolean, declared: number | null, published: number | null): number | null =>
    rebuildTarget({ pending, deleting: false, declared, published });

  it('is the declared build while the declaration is pending', () => {
    assert.equal(target(true, 2, 1), 2);
    assert.equal(target(true, 2, null), 2);
  });

  it('is the published build once the declaration has ended without being published', () => {
    assert.equal(target(false, 2, 1), 1);
  });

  it('is nothing where nothing was ever published, so that partial objects go', () => {
    assert.equal(target(false, 2, null), null);
  });

  it('is nothing for a pending edition that declares no build', () => {
    assert.equal(target(true, null, 1), null);
  });

  it('is nothing for an edition that is purged, whatever it declares and shows', () => {
    for (const published of [null, 1])
      for (const declared of [null, 1, 2])
        assert.equal(rebuildTarget({ pending: false, deleting: true, declared, published }), null);
  });

  it('is the declared build of an edition that is asked for again while it is purged', () => {
    assert.equal(rebuildTarget({ pending: true, deleting: true, declared: 2, published: 1 }), 2);
  });
});
