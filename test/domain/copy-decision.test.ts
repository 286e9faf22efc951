import assert from 'node:assert/strict';
import { type KnownObject, needsCopy, sameContent } from '../../src/domain/copy-decision.js';

const content = { etag: 'one', size: 3 };
const headers = { system: { 'cache-control': 'no-cache' }, metadata: { 'surrogate-key': 'k' } };
const published: KnownObject = { ...content, headers };

describe('needsCopy', () => {
  for (const [what, source, destination, expected] of [
    ['is not there', content, undefined, true],
    ['is right', content, published, false],
    ['has another size', content, { ...published, size: 4 }, true],
    ['has another ETag', content, { ...published, etag: 'two' }, true],
    ['has another header', content, { ...published, headers: { ...headers, system: {} } }, true],
    ['has other metadata', content, { ...published, headers: { ...headers, metadata: {} } }, true],
    ['was written in the same parts', { etag: 'a-2', size: 3 }, { ...published, etag: 'a-2' }, false],
    ['was written in one part, its source in two', { etag: 'a-2', size: 3 }, published, true],
    ['was written in other parts', { etag: 'a-2', size: 3 }, { ...published, etag: 'b-3' }, true],
  ] as const) {
    it(`says ${String(expected)} where the destination ${what}`, () => {
      assert.equal(needsCopy({ source, destination, wanted: headers }), expected);
    });
  }
});

describe('sameContent', () => {
  it('needs both the size and the ETag', () => {
    assert.equal(sameContent(content, { etag: 'one', size: 3 }), true);
    assert.equal(sameContent(content, { etag: 'one', size: 4 }), false);
    assert.equal(sameContent(content, { etag: 'two', size: 3 }), false);
  });
});
