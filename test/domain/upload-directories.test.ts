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
    it(`normalises "${given}" to "${expected}"`, () => {
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

  it('accepts names that only look like a path out of the build', () => {
    for (const name of ['..a/', 'a../', '...', '%2e%2e/', 'a\\..\\b/'])
      assert.ok(uploadDirectories(root, [name])[0]?.prefix.startsWith(`${root}/`));
  });

  it('names each directory once, in the requested order', () => {
    const names = uploadDirectories(root, ['b', '/', 'b/', ' b ', 'a']).map(({ name }) => name);
    assert.deepEqual(names, ['b/', '/', 'a/']);
  });

  it('returns no directories when none is requested', () => {
    assert.deepEqual(uploadDirectories(root, []), []);
  });

  for (const [what, name] of [
    ["S3's variable for the file name", 'a/${filename}/'],
    ['more bytes than a key can have', 'ä'.repeat(510)],
    ['a path out of the build', '../2/'],
    ['a path out of a directory', 'a/../../2'],
    ['a part that is a dot', 'a/./b/'],
    ['a line break', 'a\r\nb/'],
    ['a null character', 'a\0/'],
    ['a terminal escape', 'a\u009b31m/'],
  ] as const) {
    it(`refuses a name with ${what}`, () => {
      assert.throws(
        () => uploadDirectories(root, [name]),
        (error) => hasCode(error, 'invalid'),
      );
    });
  }
});
