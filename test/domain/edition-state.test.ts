import assert from 'node:assert/strict';
import { needsWork, rebuildTarget } from '../../src/domain/edition-state.js';

describe('needsWork', () => {
  for (const pending of [false, true])
    for (const dirty of [false, true])
      for (const vacating of [false, true]) {
        const expected = pending || dirty || vacating;
        const given = Object.entries({ pending, dirty, vacating }).flatMap(([name, on]) =>
          on ? [name] : [],
        );
        it(`says ${expected ? 'yes' : 'no'} of an edition that is ${given.join(' and ') || 'at rest'}`, () => {
          assert.equal(needsWork({ pending, dirty, vacating }), expected);
        });
      }
});

describe('rebuildTarget', () => {
  it('is the declared build while the declaration is pending', () => {
    assert.equal(rebuildTarget({ pending: true, declared: 2, published: 1 }), 2);
    assert.equal(rebuildTarget({ pending: true, declared: 2, published: null }), 2);
  });

  it('is the published build once the declaration has ended without being published', () => {
    assert.equal(rebuildTarget({ pending: false, declared: 2, published: 1 }), 1);
  });

  it('is nothing where nothing was ever published, so that partial objects go', () => {
    assert.equal(rebuildTarget({ pending: false, declared: 2, published: null }), null);
  });

  it('is nothing for a pending edition that declares no build', () => {
    assert.equal(rebuildTarget({ pending: true, declared: null, published: 1 }), null);
  });
});
