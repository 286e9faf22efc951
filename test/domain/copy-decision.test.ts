import assert from 'node:assert/strict';
import {
  compareContent,
  isWrittenAs,
  type KnownObject,
  sameContent,
} from '../../src/domain/copy-decision.js';

const content = { etag: 'one', size: 3 };
const parts = { etag: 'one-2', size: 3 };
const copied = { key: 'k', sourceEtag: 'one-2', etag: 'two' };

describe('compareContent', () => {
  for (const [what, source, destination, memory, expected] of [
    ['the same ETag and size', content, content, undefined, 'same'],
    ['another size', content, { ...content, size: 4 }, undefined, 'different'],
    ['another ETag', content, { ...content, etag: 'two' }, undefined, 'different'],
    ['the same parts', parts, parts, undefined, 'same'],
    ['other parts', parts, { ...parts, etag: 'two-3' }, undefined, 'unknown'],
    ['one part, its source has two', parts, { ...parts, etag: 'two' }, undefined, 'unknown'],
    ['what the copy of this source was answered', parts, { ...parts, etag: 'two' }, copied, 'same'],
    ['something else than that', parts, { ...parts, etag: 'three' }, copied, 'different'],
    ['what that says in another size', parts, { etag: 'two', size: 4 }, copied, 'different'],
    [
      'what the copy of another source was answered',
      content,
      { ...content, etag: 'two' },
      copied,
      'different',
    ],
  ] as const) {
    it(`says ${expected} where the destination has ${what}`, () => {
      assert.equal(compareContent(source, destination, memory), expected);
    });
  }
});

describe('isWrittenAs', () => {
  const html = { system: { 'content-type': 'text/html' }, metadata: { mtime: '1' } };
  const source: KnownObject = { ...content, headers: html };
  const recast: KnownObject = { ...content, headers: { ...html, system: { 'content-type': 'text/css' } } };
  const twin: KnownObject = {
    ...content,
    headers: {
      system: { ...html.system, 'cache-control': 'private' },
      metadata: { ...html.metadata, 'surrogate-key': 'of the build', 'surrogate-control': 'no-store' },
    },
  };
  const other: KnownObject = { ...recast, etag: 'two' };
  const inParts: KnownObject = { ...source, etag: 'one-2' };

  for (const [who, written, expected] of [
    ['nobody who is known wrote there', [], false],
    ['the build itself did', [source], true],
    ['another build with the same object did', [{ ...source, headers: { ...html } }], true],
    ['one did whose headers differ only in what editions replace', [twin], true],
    ['one did that has this content with another type', [recast], false],
    ['the build did, and one that has it with another type', [source, recast], false],
    [
      'one did that has it with more metadata',
      [{ ...source, headers: { ...html, metadata: { mtime: '1', a: 'b' } } }],
      false,
    ],
    ['one did that has it with less metadata', [{ ...source, headers: { ...html, metadata: {} } }], false],
    ['one did that has other content', [other], false],
    ['the build did, and one that has other content with another type', [source, other], true],
    ['one did whose content cannot be compared', [inParts], false],
    [
      'the build did, and one whose content cannot be compared, with the same headers',
      [source, inParts],
      true,
    ],
    [
      'the build did, and one whose content cannot be compared, with others',
      [source, { ...inParts, headers: recast.headers }],
      false,
    ],
  ] as const) {
    it(`says ${String(expected)} where ${who}`, () => {
      assert.equal(isWrittenAs(source, written), expected);
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
