import assert from 'node:assert/strict';
import { type ObjectHeaders, sameHeaders } from '../../src/domain/object-headers.js';

const html: ObjectHeaders = { system: { 'content-type': 'text/html' }, metadata: { mtime: '1' } };

describe('sameHeaders', () => {
  for (const [what, other, expected] of [
    ['the same headers in another order', { metadata: { mtime: '1' }, system: { 'content-type': 'text/html' } }, true],
    ['another value', { ...html, system: { 'content-type': 'text/css' } }, false],
    ['one more header', { ...html, system: { ...html.system, expires: '0' } }, false],
    ['one header less', { ...html, system: {} }, false],
    ['other metadata', { ...html, metadata: { mtime: '2' } }, false],
    ['metadata of another name', { ...html, metadata: { ctime: '1' } }, false],
    ['more metadata', { ...html, metadata: { mtime: '1', ctime: '1' } }, false],
    ['no metadata', { ...html, metadata: {} }, false],
  ] as const satisfies readonly (readonly [string, ObjectHeaders, boolean])[]) {
    it(`returns ${String(expected)} for headers compared: ${what}`, () => {
      assert.equal(sameHeaders(html, other), expected);
      assert.equal(sameHeaders(other, html), expected);
    });
  }
});
