import assert from 'node:assert/strict';
import { directoriesOf, directoryOf } from '../../../dev/client/site-file.js';

describe('directoryOf', () => {
  const cases: readonly (readonly [path: string, directory: string])[] = [
    ['index.html', '/'],
    ['a/b.html', 'a/'],
    ['a/b/c.html', 'a/b/'],
  ];
  for (const [path, directory] of cases)
    it(`finds ${path} in the directory ${directory}`, () => {
      assert.equal(directoryOf(path), directory);
    });
});

describe('directoriesOf', () => {
  it('names every directory once, the root first, also those that contain only directories', () => {
    const files = ['a/b/c.html', 'index.html', 'a/b/d.html', 'e/f.html'].map((path) => ({ path }));
    assert.deepEqual(directoriesOf(files), ['/', 'a/', 'a/b/', 'e/']);
  });

  it('names the root of a site without files', () => {
    assert.deepEqual(directoriesOf([]), ['/']);
  });
});
