import assert from 'node:assert/strict';
import {
  compareContent,
  compareEtags,
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
    ['one part for a source of two', parts, { ...parts, etag: 'two' }, undefined, 'unknown'],
    ['the ETag that the copy of this source got', parts, { ...parts, etag: 'two' }, copied, 'same'],
    ['another ETag than the copy of this source got', parts, { ...parts, etag: 'three' }, copied, 'different'],
    ['another size than the copy of this source', parts, { etag: 'two', size: 4 }, copied, 'different'],
    ['the ETag that the copy of another source got', content, { ...content, etag: 'two' }, copied, 'different'],
  ] as const) {
    it(`finds ${expected} content at a destination with ${what}`, () => {
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
      metadata: { ...html.metadata, 'surrogate-key': 'key of the build', 'surrogate-control': 'no-store' },
    },
  };
  const other: KnownObject = { ...recast, etag: 'two' };
  const inParts: KnownObject = { ...source, etag: 'one-2' };

  for (const [who, written, expected] of [
    ['unknown writers', [], false],
    ['the build itself as writer', [source], true],
    ['another build with the same object', [{ ...source, headers: { ...html } }], true],
    ['a build whose headers differ only where editions replace them', [twin], true],
    ['a build that has this content with another type', [recast], false],
    ['the build, and one that has its content with another type', [source, recast], false],
    ['a build with more metadata', [{ ...source, headers: { ...html, metadata: { mtime: '1', a: 'b' } } }], false],
    ['a build with less metadata', [{ ...source, headers: { ...html, metadata: {} } }], false],
    ['a build with other content', [other], false],
    ['the build, and one that has other content with another type', [source, other], true],
    ['a build whose content cannot be compared', [inParts], false],
    ['the build, and one with the same headers whose content cannot be compared', [source, inParts], true],
    [
      'the build, and one with other headers whose content cannot be compared',
      [source, { ...inParts, headers: recast.headers }],
      false,
    ],
  ] as const) {
    it(`isWrittenAs returns ${String(expected)} for ${who}`, () => {
      assert.equal(isWrittenAs(source, written), expected);
    });
  }
});

describe('sameContent', () => {
  it('requires the same size and the same ETag', () => {
    assert.equal(sameContent(content, { etag: 'one', size: 3 }), true);
    assert.equal(sameContent(content, { etag: 'one', size: 4 }), false);
    assert.equal(sameContent(content, { etag: 'two', size: 3 }), false);
  });
});

describe('compareEtags', () => {
  for (const [a, b, expected] of [
    ['900150983cd24fb0d6963f7d28e17f72', '900150983cd24fb0d6963f7d28e17f72', 'same'],
    ['900150983cd24fb0d6963f7d28e17f72', '5d41402abc4b2a76b9719d911017c592', 'different'],
    ['900150983cd24fb0d6963f7d28e17f72-2', '900150983cd24fb0d6963f7d28e17f72-2', 'same'],
    ['900150983cd24fb0d6963f7d28e17f72-2', '5d41402abc4b2a76b9719d911017c592-2', 'unknown'],
    ['900150983cd24fb0d6963f7d28e17f72-2', '5d41402abc4b2a76b9719d911017c592', 'unknown'],
  ] as const) {
    it(`finds ${a} and ${b} ${expected}`, () => {
      assert.equal(compareEtags(a, b), expected);
      assert.equal(compareEtags(b, a), expected);
    });
  }
});
