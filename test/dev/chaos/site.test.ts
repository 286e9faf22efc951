import assert from 'node:assert/strict';
import { readPageOf, siteOf, sitePaths } from '../../../dev/chaos/site.js';

describe('the site of a build', () => {
  it('is the same each time, differs between builds, and always has the common pages', () => {
    assert.deepEqual(siteOf(3), siteOf(3));
    assert.notDeepEqual(
      siteOf(3).map(({ path }) => path),
      siteOf(4).map(({ path }) => path),
    );
    for (const build of [1, 2, 3])
      assert.ok(
        siteOf(build).every(({ path }) => sitePaths.includes(path)) &&
          siteOf(build)[0]?.path === 'index.html',
      );
  });

  it('says on every page which build it is of', () => {
    for (const { path, content } of siteOf(12)) assert.equal(readPageOf(path, content), 12);
  });

  it('lets no page pass that is cut, mixed or at another address', () => {
    const [page, other] = [siteOf(1)[0], siteOf(2)[0]];
    assert.ok(page && other);
    assert.equal(readPageOf(page.path, page.content.slice(0, -20)), null);
    assert.equal(readPageOf(page.path, page.content.replace('build 1', 'build 2')), null);
    assert.equal(readPageOf(page.path, page.content.slice(0, 500) + other.content.slice(500)), null);
    assert.equal(readPageOf('guide/start.html', page.content), null);
    assert.equal(readPageOf(page.path, ''), null);
  });
});
