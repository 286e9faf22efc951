import assert from 'node:assert/strict';
import { defaultEdition } from '../../src/domain/default-edition.js';

describe('defaultEdition', () => {
  it('tracks the configured ref unless the product names a mode', () => {
    assert.deepEqual(defaultEdition('develop'), {
      slug: 'main',
      title: 'Latest',
      mode: 'git_refs',
      trackedRefs: ['develop'],
    });
  });

  it('stores no refs for a mode that compares none', () => {
    assert.deepEqual(defaultEdition('main', 'lsst_doc'), {
      slug: 'main',
      title: 'Latest',
      mode: 'lsst_doc',
      trackedRefs: null,
    });
  });
});
