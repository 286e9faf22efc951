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
  it('creates an edition for refs that no edition stores', () => {
    const editions = [edition({ trackedRefs: ['main'] }), edition({ id: 2, mode: 'lsst_doc', trackedRefs: null })];
    assert.deepEqual(autoEdition({ ...facts, editions }), {
      kind: 'create',
      slug: 'u-jsick-new',
      title: 'u-jsick-new',
      trackedRefs: ['u/jsick/new'],
    });
  });

  it('creates no edition when an edition of any mode stores the refs', () => {
    for (const mode of ['git_refs', 'lsst_doc', 'manual'] as const)
      assert.deepEqual(autoEdition({ ...facts, editions: [edition({ mode })] }), {
        kind: 'none',
        reason: 'tracked',
      });
  });

  it('compares the whole lists of refs', () => {
    const editions = [edition({ trackedRefs: ['a', 'b'] })];
    assert.equal(autoEdition({ ...facts, gitRefs: ['b', 'a'], editions }).kind, 'create');
    assert.equal(autoEdition({ ...facts, gitRefs: ['a'], editions }).kind, 'create');
    assert.equal(autoEdition({ ...facts, gitRefs: ['a', 'b'], editions }).kind, 'none');
  });

  describe('cases without an edition and without a notice', () => {
    it('creates no edition for a caller who may not administer editions', () => {
      assert.deepEqual(autoEdition({ ...facts, mayAdminister: false }), {
        kind: 'none',
        reason: 'not_permitted',
      });
    });

    it('creates no edition for refs that give no valid slug', () => {
      for (const ref of ['c++', '..', 'index.html', 'x'.repeat(300)])
        assert.deepEqual(autoEdition({ ...facts, gitRefs: [ref] }), { kind: 'none', reason: 'slug_invalid' });
    });

    it('creates no edition when the slug is taken, as by the default edition for a ref named main', () => {
      const isTaken = (slug: string): boolean => slug === 'main';
      assert.deepEqual(autoEdition({ ...facts, gitRefs: ['main'], isTaken }), {
        kind: 'none',
        reason: 'slug_taken',
      });
      assert.equal(autoEdition({ ...facts, isTaken }).kind, 'create');
    });
  });

  describe('refs that only deprecated editions store', () => {
    it('revives the latest deprecated edition that would track the refs', () => {
      const editions = [
        edition({ id: 3, deprecated: true }),
        edition({ id: 8, deprecated: true }),
        edition({ id: 9, deprecated: true, mode: 'manual' }),
        edition({ id: 5, deprecated: true }),
      ];
      assert.deepEqual(autoEdition({ ...facts, editions }), { kind: 'revive', editionId: 8 });
    });

    it('revives no edition when one in use stores the refs', () => {
      const editions = [edition({ id: 3, deprecated: true }), edition({ id: 2 })];
      assert.deepEqual(autoEdition({ ...facts, editions }), { kind: 'none', reason: 'tracked' });
    });

    it('tells a caller who may not revive the edition', () => {
      assert.deepEqual(autoEdition({ ...facts, editions: [edition({ deprecated: true })], mayAdminister: false }), {
        kind: 'notice',
        text:
          'Only the deprecated edition \'old\' has the git refs ["u/jsick/new"], so no edition that tracks them ' +
          'publishes this build. It is revived when a user who may administer editions registers a build of them.',
      });
    });

    it('tells every caller when the revived edition would not track the refs', () => {
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
