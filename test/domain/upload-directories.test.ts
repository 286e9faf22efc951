import assert from 'node:assert/strict';
import { hasCode } from '../../src/domain/errors.js';
import { normaliseDirectory, uploadDirectories } from '../../src/domain/upload-directories.js';

describe('normaliseDirectory', () => {
  for (const [given, expected] of [
    ['/', '/'],
    ['', '/'],
    ['  ', '/'],
    ['a', 'a/'],
    ['a/', 'a/'],
    ['  a/aa\t', 'a/aa/'],
    ['/c/d/', '/c/d/'],
    ['a b', 'a b/'],
    ['a//', 'a//'],
  ] as const) {
    it(`makes "${expected}" of "${given}"`, () => {
      assert.equal(normaliseDirectory(given), expected);
    });
  }
});

describe('uploadDirectories', () => {
  const root = 'pipelines/builds/1';

  for (const [name, prefix, redirectKey] of [
    ['/', 'pipelines/builds/1/', 'pipelines/builds/1'],
    ['a/', 'pipelines/builds/1/a/', 'pipelines/builds/1/a'],
    ['a/aa/', 'pipelines/builds/1/a/aa/', 'pipelines/builds/1/a/aa'],
    ['/c/d/', 'pipelines/builds/1/c/d/', 'pipelines/builds/1/c/d'],
  ] as const) {
    it(`puts the files of "${name}" under ${prefix} and its redirect at ${redirectKey}`, () => {
      assert.deepEqual(uploadDirectories(root, [name]), [{ name, prefix, redirectKey }]);
    });
  }

  it('names each directory once, in the order asked for', () => {
    const names = uploadDirectories(root, ['b', '/', 'b/', ' b ', 'a']).map(({ name }) => name);
    assert.deepEqual(names, ['b/', '/', 'a/']);
  });

  it('gives none where none is asked for', () => {
    assert.deepEqual(uploadDirectories(root, []), []);
  });

  for (const [what, name] of [
    ["S3's variable for the file name", 'a/${filename}/'],
    ['more bytes than a key can have', 'ä'.repeat(510)],
  ] as const) {
    it(`refuses a name with ${what}`, () => {
      assert.throws(
        () => uploadDirectories(root, [name]),
        (error) => hasCode(error, 'invalid'),
      );
    });
  }
});
