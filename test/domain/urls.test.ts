import assert from 'node:assert/strict';
import {
  buildsUrl,
  buildUrl,
  documentationUrl,
  editionsUrl,
  editionUrl,
  parseId,
  productsUrl,
  productUrl,
  readBuildUrl,
  rootUrl,
  taskUrl,
  tokenUrl,
} from '../../src/domain/urls.js';

describe("the API's addresses", () => {
  for (const base of ['http://localhost:5000', 'http://localhost:5000/']) {
    const host = 'http://localhost:5000';
    const cases: readonly (readonly [string, string])[] = [
      [rootUrl(base), `${host}/`],
      [documentationUrl(base), `${host}/docs`],
      [tokenUrl(base), `${host}/token`],
      [productsUrl(base), `${host}/products/`],
      [productUrl(base, 'ldm-151'), `${host}/products/ldm-151`],
      [buildsUrl(base, 'ldm-151'), `${host}/products/ldm-151/builds/`],
      [editionsUrl(base, 'ldm-151'), `${host}/products/ldm-151/editions/`],
      [buildUrl(base, 42), `${host}/builds/42`],
      [editionUrl(base, 7), `${host}/editions/7`],
      [taskUrl(base, 'a-b'), `${host}/queue/a-b`],
    ];
    for (const [actual, expected] of cases) {
      it(`builds the absolute URL ${expected} from the base ${base}`, () => {
        assert.equal(actual, expected);
      });
    }
  }
});

describe('parseId', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['1', 1],
    ['007', 7],
    ['2147483647', 2_147_483_647],
    ['2147483648', undefined],
    ['99999999999999', undefined],
    ['9'.repeat(1_000), undefined],
    ['0', undefined],
    ['-1', undefined],
    ['+1', undefined],
    ['1.0', undefined],
    ['1e3', undefined],
    ['0x1', undefined],
    [' 1', undefined],
    ['1\n', undefined],
    ['', undefined],
    ['abc', undefined],
    ['١', undefined],
  ];
  for (const [text, expected] of cases) {
    it(`parses ${JSON.stringify(text.slice(0, 20))} as ${expected ?? 'no id'}`, () => {
      assert.equal(parseId(text), expected);
    });
  }
});

const base = 'http://keeper.test:5000';

describe('readBuildUrl', () => {
  describe('URLs of builds', () => {
    const cases: readonly (readonly [string, string, number])[] = [
      ['http://keeper.test:5000/builds/1', base, 1],
      ['/builds/1', base, 1],
      ['builds/1', base, 1],
      ['http://KEEPER.test:5000/builds/1', base, 1],
      ['HTTP://keeper.test:5000/builds/1', base, 1],
      ['http://keeper.test:5000/builds/1', `${base}/`, 1],
      ['http://keeper.test:5000/builds/007', base, 7],
      ['http://keeper.test:5000/builds/1?page=2#top', base, 1],
      ['/builds/2147483647', base, 2_147_483_647],
      // TLS that ends at a proxy, and ports that the scheme implies.
      ['https://keeper.test:5000/builds/1', base, 1],
      ['https://keeper.test/builds/1', 'http://keeper.test', 1],
      ['https://keeper.test:443/builds/1', 'https://keeper.test', 1],
      ['http://keeper.test/builds/1', 'http://keeper.test:80', 1],
      ['http://[::1]:5000/builds/1', 'http://[::1]:5000', 1],
    ];
    for (const [url, baseUrl, id] of cases) {
      it(`reads the build id of ${url} at ${baseUrl}`, () => {
        assert.deepEqual(readBuildUrl(url, baseUrl), { kind: 'build', id });
      });
    }
  });

  describe('URLs of another host or of no route', () => {
    const urls = [
      'http://elsewhere.test:5000/builds/1',
      'http://keeper.test/builds/1',
      'http://keeper.test:5001/builds/1',
      'http://keeper.test:5000@evil.test/builds/1',
      'http://user@keeper.test:5000/builds/1',
      'https://keeper.test:443/builds/1',
      '//keeper.test:5000/builds/1',
      '//builds/1',
      'ftp://keeper.test:5000/builds/1',
      'http:///builds/1',
      'http://keeper.test:5000/builds/',
      'http://keeper.test:5000/builds/1/',
      'http://keeper.test:5000//builds/1',
      'http://keeper.test:5000/a/../builds/1',
      'http://keeper.test:5000\\builds\\1',
      'http://keeper.test:5000/builds/%31',
      '/builds/abc',
      '/builds/-1',
      '/builds/1.0',
      '/builds/1 ',
      '/builds/1\n',
      ' /builds/1',
      '/dashboards',
      '/nowhere',
      'not a url',
    ];
    for (const url of urls) {
      it(`answers "Invalid URL" to ${JSON.stringify(url)}`, () => {
        assert.deepEqual(readBuildUrl(url, base), { kind: 'invalid', message: `Invalid URL: ${url}` });
      });
    }
  });

  describe('URLs of another route, or with an id that no build has', () => {
    const urls = [
      'http://keeper.test:5000/editions/1',
      'http://keeper.test:5000',
      '/',
      '',
      '/token',
      '/products/',
      '/products',
      '/products/builds',
      '/products/pipelines/builds/',
      '/products/pipelines/editions/',
      '/products/pipelines/dashboard',
      '/queue/1',
      '/builds/0',
      '/builds/2147483648',
      '/builds/99999999999999',
      `/builds/${'9'.repeat(400)}`,
    ];
    for (const url of urls) {
      it(`answers "Invalid build_url" to ${JSON.stringify(url.slice(0, 60))}`, () => {
        assert.deepEqual(readBuildUrl(url, base), { kind: 'invalid', message: `Invalid build_url: ${url}` });
      });
    }
  });

  it('refuses an absolute URL when the base is not an absolute URL', () => {
    assert.equal(readBuildUrl('//keeper.test/builds/1', 'keeper.test').kind, 'invalid');
  });
});
