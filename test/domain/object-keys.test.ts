import assert from 'node:assert/strict';
import {
  buildPrefix,
  buildRootDirectory,
  editionPrefix,
  editionRedirectKey,
} from '../../src/domain/object-keys.js';

describe('object keys', () => {
  it('puts a build under builds/', () => {
    assert.equal(buildRootDirectory('pipelines', '1'), 'pipelines/builds/1');
    assert.equal(buildPrefix('pipelines', '1'), 'pipelines/builds/1/');
  });

  it('puts an edition under v/', () => {
    assert.equal(editionRedirectKey('pipelines', 'main'), 'pipelines/v/main');
    assert.equal(editionPrefix('pipelines', 'main'), 'pipelines/v/main/');
  });

  it('keeps the prefixes of editions disjoint', () => {
    assert.equal(editionPrefix('pipelines', 'v10').startsWith(editionPrefix('pipelines', 'v1')), false);
    assert.equal(editionRedirectKey('pipelines', 'v1-x').startsWith(editionPrefix('pipelines', 'v1')), false);
  });
});
