import assert from 'node:assert/strict';
import { pageOf, pagesOf, readPageOf, siteOf, sitePaths } from '../../../dev/chaos/site.js';

describe('the site of a build', () => {
  it('has the same files each time, others for another build, and always the common pages', () => {
    assert.deepEqual(siteOf(3), siteOf(3));
    assert.notDeepEqual(
      siteOf(3).map(({ path }) => path),
      siteOf(4).map(({ path }) => path),
    );
    for (const build of [1, 2, 3])
      assert.ok(pagesOf(build).every((path) => sitePaths.includes(path)) && siteOf(build)[0]?.path === 'index.html');
  });

  it('names the build on every page', () => {
    const pages = siteOf(12).filter(({ path }) => sitePaths.includes(path));
    for (const { path, content } of pages) assert.equal(readPageOf(path, content), 12);
    const { path, content } = pageOf({ build: 12, path: 'index.html', revision: 1 });
    assert.equal(readPageOf(path, content), 12);
    assert.notEqual(content, pages[0]?.content);
  });

  it('has equal contents under different headers, and in some builds an object that is copied in parts', () => {
    const builds = Array.from({ length: 20 }, (_, index) => siteOf(index + 1));
    const fonts = builds.flatMap((files) => files.filter(({ path }) => path === 'shared/font-1.woff2'));
    assert.equal(new Set(fonts.map(({ content }) => content)).size, 1);
    assert.equal(new Set(fonts.map(({ contentType }) => contentType)).size, 3);
    const sizes = builds.map((files) => Math.max(...files.map(({ content }) => content.length)));
    assert.ok(sizes.some((size) => size > 5 * 1024 ** 2) && sizes.some((size) => size < 5 * 1024 ** 2));
  });

  it('recognises a page that is cut, mixed or at another address', () => {
    const [page, other] = [siteOf(1)[0], siteOf(2)[0]];
    assert.ok(page && other);
    assert.equal(readPageOf(page.path, page.content.slice(0, -20)), null);
    assert.equal(readPageOf(page.path, page.content.replace('build 1', 'build 2')), null);
    assert.equal(readPageOf(page.path, page.content.slice(0, 500) + other.content.slice(500)), null);
    assert.equal(readPageOf('guide/start.html', page.content), null);
    assert.equal(readPageOf(page.path, ''), null);
  });
});
