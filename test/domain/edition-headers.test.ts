import assert from 'node:assert/strict';
import {
  directoryRedirectHeaders,
  editionHeaders,
  isDirectoryRedirect,
} from '../../src/domain/edition-headers.js';

describe('editionHeaders', () => {
  const edition = { surrogateKey: 'edition-key' };

  it("replaces the build's surrogate key and cache policy and keeps the rest", () => {
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

  it('adds nothing but the surrogate key and the cache policy', () => {
    assert.deepEqual(editionHeaders({ system: {}, metadata: {} }, edition), {
      system: { 'cache-control': 'no-cache' },
      metadata: { 'surrogate-key': 'edition-key', 'surrogate-control': 'max-age=31536000' },
    });
  });
});

describe('isDirectoryRedirect', () => {
  const redirect = { size: 0, headers: directoryRedirectHeaders };
  const { system, metadata } = directoryRedirectHeaders;

  for (const [what, found, expected] of [
    ['what is written', redirect, true],
    [
      'it with a default type',
      { size: 0, headers: { metadata, system: { ...system, 'content-type': 'x/y' } } },
      true,
    ],
    ['one that has content', { ...redirect, size: 1 }, false],
    ['one without the mark', { size: 0, headers: { system, metadata: {} } }, false],
    ['one with other metadata', { size: 0, headers: { system, metadata: { ...metadata, a: 'b' } } }, false],
    ['one that caches keep', { size: 0, headers: { system: {}, metadata } }, false],
  ] as const) {
    it(`says ${String(expected)} to ${what}`, () => {
      assert.equal(isDirectoryRedirect(found), expected);
    });
  }
});
