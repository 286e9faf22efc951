import assert from 'node:assert/strict';
import { autoEdition, type AutoEditionFacts, type ExistingEdition } from '../../src/domain/auto-edition.js';

const facts: AutoEditionFacts = {
  gitRefs: ['u/jsick/new'],
  editions: [],
  isTaken: () => false,
  mayAdminister: true,
};

function edition(overrides: Partial<ExistingEdition>): ExistingEdition {
  return {
    id: 1,
    slug: 'old',
    mode: 'git_refs',
    trackedRefs: ['u/jsick/new'],
    deprecated: false,
    ...overrides,
  };
}

describe('autoEdition', () => {
  it('makes an edition for refs that none stores', () => {
    const editions = [
      edition({ trackedRefs: ['main'] }),
      edition({ id: 2, mode: 'lsst_doc', trackedRefs: null }),
    ];
    assert.deepEqual(autoEdition({ ...facts, editions }), {
      kind: 'create',
      slug: 'u-jsick-new',
      title: 'u-jsick-new',
      trackedRefs: ['u/jsick/new'],
    });
  });

  it('makes none where an edition stores the refs, in any mode', () => {
    for (const mode of ['git_refs', 'lsst_doc', 'manual'] as const)
      assert.deepEqual(autoEdition({ ...facts, editions: [edition({ mode })] }), {
        kind: 'none',
        reason: 'tracked',
      });
  });

  it('compares lists of refs, not their members', () => {
    const editions = [edition({ trackedRefs: ['a', 'b'] })];
    assert.equal(autoEdition({ ...facts, gitRefs: ['b', 'a'], editions }).kind, 'create');
    assert.equal(autoEdition({ ...facts, gitRefs: ['a'], editions }).kind, 'create');
    assert.equal(autoEdition({ ...facts, gitRefs: ['a', 'b'], editions }).kind, 'none');
  });

  describe('makes none, quietly,', () => {
    it('for a caller who may not administer editions', () => {
      assert.deepEqual(autoEdition({ ...facts, mayAdminister: false }), {
        kind: 'none',
        reason: 'not_permitted',
      });
    });

    it('for refs that make no slug', () => {
      for (const ref of ['c++', '..', 'index.html', 'x'.repeat(300)])
        assert.deepEqual(autoEdition({ ...facts, gitRefs: [ref] }), { kind: 'none', reason: 'slug_invalid' });
    });

    it('where the slug is taken, as by the default edition for a ref named main', () => {
      const isTaken = (slug: string): boolean => slug === 'main';
      assert.deepEqual(autoEdition({ ...facts, gitRefs: ['main'], isTaken }), {
        kind: 'none',
        reason: 'slug_taken',
      });
      assert.equal(autoEdition({ ...facts, isTaken }).kind, 'create');
    });
  });

  describe('where only deprecated editions store the refs', () => {
    it('revives the latest that would follow them', () => {
      const editions = [
        edition({ id: 3, deprecated: true }),
        edition({ id: 8, deprecated: true }),
        edition({ id: 9, deprecated: true, mode: 'manual' }),
        edition({ id: 5, deprecated: true }),
      ];
      assert.deepEqual(autoEdition({ ...facts, editions }), { kind: 'revive', editionId: 8 });
    });

    it('revives none beside an edition that is in use', () => {
      const editions = [edition({ id: 3, deprecated: true }), edition({ id: 2 })];
      assert.deepEqual(autoEdition({ ...facts, editions }), { kind: 'none', reason: 'tracked' });
    });

    it('tells a caller who may not revive it', () => {
      assert.deepEqual(
        autoEdition({ ...facts, editions: [edition({ deprecated: true })], mayAdminister: false }),
        {
          kind: 'notice',
          text:
            'Only the deprecated edition \'old\' has the git refs ["u/jsick/new"], so no edition that tracks them ' +
            'publishes this build. It is revived when a user who may administer editions registers a build of them.',
        },
      );
    });

    it('tells anybody where it would not follow them even if it were revived', () => {
      assert.deepEqual(autoEdition({ ...facts, editions: [edition({ deprecated: true, mode: 'manual' })] }), {
        kind: 'notice',
        text:
          'Only the deprecated edition \'old\' has the git refs ["u/jsick/new"], so no edition that tracks them ' +
          "publishes this build. Its mode is 'manual', so it does not follow them: let another edition track them " +
          'to publish their builds.',
      });
    });
  });
});
