import assert from 'node:assert/strict';
import type { Page } from '../../../dev/edge/page.js';
import { createPageCache, type PageCache } from '../../../dev/edge/page-cache.js';

const page = (surrogateKeys: string[], lifetime = 60): Page => ({
  headers: {},
  size: 1,
  surrogateKeys,
  lifetime,
  redirect: undefined,
});

function keep(cache: PageCache, key: string, of: Page, body = Buffer.from('x')): void {
  cache.beginFill(key).keep(of, body);
}

describe('createPageCache', () => {
  it('returns a page until its time is over', () => {
    let now = 0;
    const cache = createPageCache({ now: () => now });
    keep(cache, 'a', page(['k'], 60));
    now = 59_999;
    assert.equal(cache.find('a')?.body.toString(), 'x');
    now = 60_000;
    assert.equal(cache.find('a'), undefined);
  });

  it('stores no page that may not be cached', () => {
    const cache = createPageCache();
    keep(cache, 'a', page(['k'], 0));
    assert.equal(cache.find('a'), undefined);
  });

  it('removes exactly the pages that have the purged key', () => {
    const cache = createPageCache();
    keep(cache, 'a', page(['k', 'other']));
    keep(cache, 'b', page(['other']));
    cache.purge('k');
    assert.equal(cache.find('a'), undefined);
    assert.notEqual(cache.find('b'), undefined);
  });

  it('stores no page that was fetched before a purge and arrives after it', () => {
    const cache = createPageCache();
    const stale = cache.beginFill('a');
    const unrelated = cache.beginFill('b');
    cache.purge('k');
    stale.keep(page(['k']), Buffer.from('old'));
    unrelated.keep(page(['other']), Buffer.from('fine'));
    assert.equal(cache.find('a'), undefined);
    assert.notEqual(cache.find('b'), undefined);
    keep(cache, 'a', page(['k']), Buffer.from('new'));
    assert.equal(cache.find('a')?.body.toString(), 'new');
  });

  it('removes all pages, also those on their way, when all is purged', () => {
    const cache = createPageCache();
    keep(cache, 'a', page([]));
    const late = cache.beginFill('b');
    cache.purgeAll();
    late.keep(page([]), Buffer.from('x'));
    assert.equal(cache.find('a'), undefined);
    assert.equal(cache.find('b'), undefined);
  });

  it('stays within its capacity and drops the least recently used pages', () => {
    const cache = createPageCache({ capacity: 3 * 2048 });
    for (const key of ['a', 'b', 'c']) keep(cache, key, page([]), Buffer.alloc(1024));
    cache.find('a');
    keep(cache, 'd', page([]), Buffer.alloc(1024));
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].filter((key) => cache.find(key) !== undefined),
      ['a', 'c', 'd'],
    );
  });

  it('counts a page once that is fetched again', () => {
    const cache = createPageCache({ capacity: 2 * 2048 });
    keep(cache, 'a', page([]), Buffer.alloc(1024));
    for (let again = 0; again < 10; again += 1) keep(cache, 'b', page([]), Buffer.alloc(1024));
    assert.notEqual(cache.find('a'), undefined);
  });
});
