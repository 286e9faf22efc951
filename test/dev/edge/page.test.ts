import assert from 'node:assert/strict';
import { type ObjectDescription, pageOf } from '../../../dev/edge/page.js';

describe('what an object tells the edge', () => {
  const lifetimes: [what: string, object: ObjectDescription, seconds: number][] = [
    [
      'an edition: the surrogate control wins over what readers are told',
      { CacheControl: 'no-cache', Metadata: { 'surrogate-control': 'max-age=31536000' } },
      31_536_000,
    ],
    ['a build: as long as any cache', { CacheControl: 'max-age=600' }, 600],
    ['a shared cache has its own time', { CacheControl: 'max-age=600, s-maxage=5' }, 5],
    [
      'a directory redirect: not at all',
      { CacheControl: 'no-cache', Metadata: { 'dir-redirect': 'true' } },
      0,
    ],
    ['private pages: not at all', { CacheControl: 'private, max-age=600' }, 0],
    ['no word on it: not at all', {}, 0],
    [
      'a surrogate control that forbids it',
      { CacheControl: 'max-age=9', Metadata: { 'surrogate-control': 'no-store' } },
      0,
    ],
  ];
  for (const [what, object, seconds] of lifetimes)
    it(`is how long to keep it (${what})`, () => {
      assert.equal(pageOf(object).lifetime, seconds);
    });

  it('is its surrogate keys, several parted by spaces', () => {
    assert.deepEqual(pageOf({ Metadata: { 'surrogate-key': 'one  two three' } }).surrogateKeys, [
      'one',
      'two',
      'three',
    ]);
    assert.deepEqual(pageOf({}).surrogateKeys, []);
  });

  it('is where it redirects to', () => {
    assert.equal(pageOf({ Metadata: { 'dir-redirect': 'true' } }).redirect, 'folder');
    assert.equal(pageOf({ Metadata: { 'dir-redirect': 'false' } }).redirect, undefined);
    assert.deepEqual(pageOf({ WebsiteRedirectLocation: '/new' }).redirect, { location: '/new' });
  });
});
