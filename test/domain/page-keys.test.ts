import assert from 'node:assert/strict';
import { isPage } from '../../src/domain/page-keys.js';

describe('isPage', () => {
  for (const key of ['index.html', 'a/b.html', 'a.htm', 'A.HTML', 'a.xhtml', '.html', 'a b.html']) {
    it(`calls ${key} a page`, () => {
      assert.equal(isPage(key), true);
    });
  }
  for (const key of [
    '',
    'a.css',
    'html',
    'a.html.gz',
    'a.html/b',
    'a.html/',
    'a_html',
    'a.html\n',
    'objects.inv',
  ]) {
    it(`does not call ${JSON.stringify(key)} a page`, () => {
      assert.equal(isPage(key), false);
    });
  }
});
