import assert from 'node:assert/strict';
import {
  buildUrl,
  buildsUrl,
  documentationUrl,
  editionUrl,
  editionsUrl,
  productUrl,
  productsUrl,
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
