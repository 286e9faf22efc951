import assert from 'node:assert/strict';
import {
  buildPrefix,
  buildRootDirectory,
  compareKeys,
  editionPrefix,
  editionRedirectKey,
  surrogateKey,
} from '../../src/domain/object-keys.js';

describe('object keys', () => {
  it('puts a build under builds/', () => {
    assert.equal(buildRootDirectory('pipelines', '1'), 'pipelines/builds/1');
    assert.equal(buildPrefix('pipelines', '1'), 'pipelines/builds/1/');
  });

  it('puts an edition under v/', () => {
    assert.equal(editionRedirectKey('pipelines', 'main'), 'pipelines/v/main');
    assert.equal(editionPrefix('pipelines', 'main'), 'pipelines/v/main/');
  });

  it('keeps the prefixes of editions disjoint', () => {
    assert.equal(editionPrefix('pipelines', 'v10').startsWith(editionPrefix('pipelines', 'v1')), false);
    assert.equal(editionRedirectKey('pipelines', 'v1-x').startsWith(editionPrefix('pipelines', 'v1')), false);
  });
});

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

describe('surrogateKey', () => {
  it('returns the 32 hexadecimal digits of the UUID', () => {
    assert.equal(surrogateKey('0F8FAD5B-d9cb-469f-a165-70867728950e'), '0f8fad5bd9cb469fa16570867728950e');
  });

  for (const text of [
    '',
    'not-a-uuid',
    '0f8fad5b-d9cb-469f-a165-70867728950',
    '0f8fad5b-d9cb-469f-a165-70867728950g',
  ]) {
    it(`refuses '${text}' as a UUID`, () => {
      assert.throws(() => surrogateKey(text), new RangeError(`'${text}' is not a UUID`));
    });
  }
});
