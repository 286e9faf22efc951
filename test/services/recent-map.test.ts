import assert from 'node:assert/strict';
import { RecentMap } from '../../src/services/recent-map.js';

describe('a map of what is recent', () => {
  it('holds no more than it may: the oldest entry makes room', () => {
    const map = new RecentMap<number>(2);
    for (const [index, key] of ['a', 'b', 'c'].entries()) map.set(key, index);
    assert.deepEqual([map.get('a'), map.get('b'), map.get('c'), map.size], [undefined, 1, 2, 2]);
  });

  it('keeps what was set again', () => {
    const map = new RecentMap<number>(2);
    for (const key of ['a', 'b', 'a', 'c']) map.set(key, 0);
    assert.deepEqual([map.get('a'), map.get('b')], [0, undefined]);
  });

  it('forgets what is set to nothing', () => {
    const map = new RecentMap<number>(2);
    map.set('a', 1);
    map.set('a', undefined);
    assert.equal(map.size, 0);
  });
});
