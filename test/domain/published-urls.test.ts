import assert from 'node:assert/strict';
import {
  normaliseRootDomain,
  productDomain,
  publishedBuildUrl,
  publishedEditionUrl,
  publishedProductUrl,
} from '../../src/domain/published-urls.js';

describe("the readers' addresses", () => {
  const domain = productDomain('pipelines', normaliseRootDomain('..lsst.io'));

  it('put the product before the root domain, which loses its leading dots', () => {
    assert.equal(domain, 'pipelines.lsst.io');
  });

  it('publish the product and its default edition at the root, with no slash', () => {
    assert.equal(publishedProductUrl(domain), 'https://pipelines.lsst.io');
    assert.equal(publishedEditionUrl(domain, 'main'), 'https://pipelines.lsst.io');
  });

  it('publish any other edition under /v/', () => {
    assert.equal(publishedEditionUrl(domain, 'v1.0'), 'https://pipelines.lsst.io/v/v1.0');
    assert.equal(publishedEditionUrl(domain, 'main2'), 'https://pipelines.lsst.io/v/main2');
  });

  it('publish builds under /builds/, one named main too', () => {
    assert.equal(publishedBuildUrl(domain, '42'), 'https://pipelines.lsst.io/builds/42');
    assert.equal(publishedBuildUrl(domain, 'main'), 'https://pipelines.lsst.io/builds/main');
  });
});
