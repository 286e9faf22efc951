import assert from 'node:assert/strict';
import { copyPassOf, isPage } from '../../src/domain/copy-passes.js';

describe('copyPassOf', () => {
  const plain = { system: {}, metadata: {} };
  const website = { system: { 'x-amz-website-redirect-location': '/new.html' }, metadata: {} };
  const directory = { system: {}, metadata: { 'dir-redirect': 'true' } };

  for (const [key, headers, expected] of [
    ['style.css', plain, 'assets'],
    ['index.html.map', plain, 'assets'],
    ['page.html', plain, 'pages'],
    ['dir/index.html', plain, 'pages'],
    ['old.html', website, 'redirects'],
    ['old', website, 'redirects'],
    ['dir', directory, 'redirects'],
    ['dir', { system: {}, metadata: { 'dir-redirect': 'false' } }, 'assets'],
    ['index.html', plain, 'root'],
    ['index.html', website, 'root'],
  ] as const) {
    it(`assigns ${key} with ${JSON.stringify(headers)} to the pass ${expected}`, () => {
      assert.equal(copyPassOf({ key, headers }), expected);
    });
  }
});

describe('isPage', () => {
  for (const key of ['index.html', 'a/b.html', 'a.htm', 'A.HTML', 'a.xhtml', '.html', 'a b.html']) {
    it(`calls ${key} a page`, () => {
      assert.equal(isPage(key), true);
    });
  }
  for (const key of ['', 'a.css', 'html', 'a.html.gz', 'a.html/b', 'a.html/', 'a_html', 'a.html\n', 'objects.inv']) {
    it(`does not call ${JSON.stringify(key)} a page`, () => {
      assert.equal(isPage(key), false);
    });
  }
});
