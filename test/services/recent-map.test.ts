import assert from 'node:assert/strict';
import { RecentMap } from '../../src/services/recent-map.js';

describe('RecentMap', () => {
  it('drops its oldest entry when it is full', () => {
    const map = new RecentMap<number>(2);
    for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index);
    assert.deepEqual([map.get('a'), map.get('b'), map.get('c'), map.size], [undefined, 1, 2, 2]);
  });

  it('keeps an entry that was set again', () => {
    const map = new RecentMap<number>(2);
    for (const key of ['a', 'b', 'a', 'c']) map.set(key, 0);
    assert.deepEqual([map.get('a'), map.get('b')], [0, undefined]);
  });

  it('drops an entry that is set to undefined', () => {
    const map = new RecentMap<number>(2);
    map.set('a', 1);
    map.set('a', undefined);
    assert.equal(map.size, 0);
  });
});
