import assert from 'node:assert/strict';
import {
  normaliseRootDomain,
  productDomain,
  publishedBuildUrl,
  publishedEditionUrl,
  publishedProductUrl,
} from '../../src/domain/published-urls.js';

describe('published URLs', () => {
  const domain = productDomain('pipelines', normaliseRootDomain('..lsst.io'));

  it("puts the product before the root domain and removes the domain's leading dots", () => {
    assert.equal(domain, 'pipelines.lsst.io');
  });

  it('publishes the product and its default edition at the root, without a slash', () => {
    assert.equal(publishedProductUrl(domain), 'https://pipelines.lsst.io');
    assert.equal(publishedEditionUrl(domain, 'main'), 'https://pipelines.lsst.io');
  });

  it('publishes any other edition under /v/', () => {
    assert.equal(publishedEditionUrl(domain, 'v1.0'), 'https://pipelines.lsst.io/v/v1.0');
    assert.equal(publishedEditionUrl(domain, 'main2'), 'https://pipelines.lsst.io/v/main2');
  });

  it('publishes builds under /builds/, also one named main', () => {
    assert.equal(publishedBuildUrl(domain, '42'), 'https://pipelines.lsst.io/builds/42');
    assert.equal(publishedBuildUrl(domain, 'main'), 'https://pipelines.lsst.io/builds/main');
  });

  it('uses http and the port for domains below localhost, where no CDN serves', () => {
    const local = productDomain('pipelines', normaliseRootDomain('localhost:8601'));
    assert.equal(publishedProductUrl(local), 'http://pipelines.localhost:8601');
    assert.equal(publishedEditionUrl(local, 'v1'), 'http://pipelines.localhost:8601/v/v1');
    assert.equal(publishedProductUrl('pipelines.localhost'), 'http://pipelines.localhost');
    assert.equal(publishedProductUrl('localhost.example.org'), 'https://localhost.example.org');
    assert.equal(publishedProductUrl('pipelines.notlocalhost'), 'https://pipelines.notlocalhost');
  });
});
