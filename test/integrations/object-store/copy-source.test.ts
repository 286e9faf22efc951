import assert from 'node:assert/strict';
import { copySource } from '../../../src/integrations/object-store/copy-source.js';

describe('copySource', () => {
  for (const [key, expected] of [
    ['a/b.html', 'docs/a/b.html'],
    ['a b+c%41', 'docs/a%20b%2Bc%2541'],
    ['a//b/', 'docs/a//b/'],
    ['/a', 'docs//a'],
    ['../a/./b', 'docs/../a/./b'],
    [`'"<>&!*()~`, 'docs/%27%22%3C%3E%26%21%2A%28%29~'],
    ['a?versionId=1#x', 'docs/a%3FversionId%3D1%23x'],
    ['ä\u{1f600}', 'docs/%C3%A4%F0%9F%98%80'],
    ['a\nb', 'docs/a%0Ab'],
  ] as const) {
    it(`encodes ${JSON.stringify(key)} segment by segment`, () => {
      assert.equal(copySource('docs', key), expected);
    });
  }
});
