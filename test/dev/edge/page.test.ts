import assert from 'node:assert/strict';
import { type ObjectDescription, pageOf } from '../../../dev/edge/page.js';

describe('the headers of an object at the edge', () => {
  const lifetimes: [what: string, object: ObjectDescription, seconds: number][] = [
    [
      "an edition: the surrogate control outranks the readers' cache control",
      { CacheControl: 'no-cache', Metadata: { 'surrogate-control': 'max-age=31536000' } },
      31_536_000,
    ],
    ['a build: as long as any cache', { CacheControl: 'max-age=600' }, 600],
    ['a shared cache with its own time', { CacheControl: 'max-age=600, s-maxage=5' }, 5],
    ['a directory redirect: no caching', { CacheControl: 'no-cache', Metadata: { 'dir-redirect': 'true' } }, 0],
    ['private pages: no caching', { CacheControl: 'private, max-age=600' }, 0],
    ['no header: no caching', {}, 0],
    [
      'a surrogate control that forbids it',
      { CacheControl: 'max-age=9', Metadata: { 'surrogate-control': 'no-store' } },
      0,
    ],
  ];
  for (const [what, object, seconds] of lifetimes)
    it(`gives the time to cache it (${what})`, () => {
      assert.equal(pageOf(object).lifetime, seconds);
    });

  it('gives its surrogate keys, separated by spaces', () => {
    assert.deepEqual(pageOf({ Metadata: { 'surrogate-key': 'one  two three' } }).surrogateKeys, [
      'one',
      'two',
      'three',
    ]);
    assert.deepEqual(pageOf({}).surrogateKeys, []);
  });

  it('gives the target of its redirect', () => {
    assert.equal(pageOf({ Metadata: { 'dir-redirect': 'true' } }).redirect, 'folder');
    assert.equal(pageOf({ Metadata: { 'dir-redirect': 'false' } }).redirect, undefined);
    assert.deepEqual(pageOf({ WebsiteRedirectLocation: '/new' }).redirect, { location: '/new' });
  });
});
