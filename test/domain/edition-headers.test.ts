import assert from 'node:assert/strict';
import { editionHeaders, headersPolicy } from '../../src/domain/edition-headers.js';

describe('editionHeaders', () => {
  const edition = { surrogateKey: 'edition-key' };

  it("replaces the build's surrogate key and cache policy and keeps the other headers", () => {
    const system = {
      'content-type': 'text/html',
      'content-encoding': 'gzip',
      'content-language': 'de',
      'content-disposition': 'inline',
      expires: '0',
      'x-amz-website-redirect-location': '/a',
    };
    const source = {
      system: { ...system, 'cache-control': 'max-age=31536000' },
      metadata: { 'surrogate-key': 'build-key', 'dir-redirect': 'true', mtime: '1' },
    };
    assert.deepEqual(editionHeaders(source, edition), {
      system: { ...system, 'cache-control': 'no-cache' },
      metadata: {
        'surrogate-key': 'edition-key',
        'surrogate-control': 'max-age=31536000',
        'dir-redirect': 'true',
        mtime: '1',
      },
    });
  });

  it('adds only the surrogate key and the cache policy', () => {
    assert.deepEqual(editionHeaders({ system: {}, metadata: {} }, edition), {
      system: { 'cache-control': 'no-cache' },
      metadata: { 'surrogate-key': 'edition-key', 'surrogate-control': 'max-age=31536000' },
    });
  });
});

describe('headersPolicy', () => {
  const edition = { surrogateKey: 'k', acl: 'public-read', bucket: 'b', prefix: 'p/v/main/' } as const;

  for (const [what, change] of [
    ['another surrogate key', { surrogateKey: 'l' }],
    ['another ACL', { acl: 'private' }],
    ['no ACL', { acl: null }],
    ['another bucket', { bucket: 'c' }],
    ['another prefix', { prefix: 'p/v/main2/' }],
  ] as const) {
    it(`changes the headers policy with ${what}`, () => {
      assert.notEqual(headersPolicy({ ...edition, ...change }), headersPolicy(edition));
    });
  }

  it('names every header that an edition sets', () => {
    const policy = headersPolicy(edition);
    for (const named of ['no-cache', 'max-age=31536000', 'dir-redirect']) assert.ok(policy.includes(named));
  });
});
