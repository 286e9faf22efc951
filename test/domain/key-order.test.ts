import assert from 'node:assert/strict';
import { compareKeys } from '../../src/domain/key-order.js';

describe('compareKeys', () => {
  // Each pair in the order of its UTF-8 bytes.
  for (const [first, second] of [
    ['', 'a'],
    ['a', 'b'],
    ['a', 'aa'],
    ['B', 'a'],
    ['a/b', 'a0'],
    ['a-', 'a/'],
    ['\u007f', '\u0080'],
    ['z', 'ä'],
    ['\u07ff', '\u0800'],
    ['\ud7ff', '\ue000'],
    ['\uffff', '\u{10000}'],
    ['\uffee.html', '\u{1f600}.html'],
    ['\ue000', '\u{10ffff}'],
    ['\u{1f600}', '\u{1f601}'],
    ['\u{1f600}a', '\u{1f600}\uffee'],
  ] as const) {
    it(`sorts ${JSON.stringify(first)} before ${JSON.stringify(second)}, as UTF-8 does`, () => {
      assert.ok(Buffer.compare(Buffer.from(first), Buffer.from(second)) < 0);
      assert.ok(compareKeys(first, second) < 0);
      assert.ok(compareKeys(second, first) > 0);
    });
  }

  it('finds a key equal to itself only', () => {
    assert.equal(compareKeys('a\u{1f600}b', 'a\u{1f600}b'), 0);
    // The same letter to a reader, two keys to S3.
    assert.notEqual(compareKeys('\u00e4', 'a\u0308'), 0);
  });
});
