import assert from 'node:assert/strict';
import { newestObject } from '../../src/copy-engine/newest-object.js';
import type { ListedPage, ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { startTestStore, type TestStore } from '../support/test-store.js';

const at = (time: string): Date => new Date(`2026-11-24T${time}Z`);
const { signal } = new AbortController();

describe('newestObject', () => {
  let store: TestStore;
  before(async () => {
    store = await startTestStore();
  });
  after(() => store.close());

  const newestUnder = (prefix: string, newEnough = new Date()): Promise<Date | null> =>
    newestObject({ store: store.store }, { bucket: store.bucket, prefix }, { signal, newEnough });

  it('finds the newest date under the prefix, and ignores objects beside it', async () => {
    const before = Date.now() - 1_000; // listings have whole seconds
    await store.putSite('p/builds/1/', { 'a.html': { body: 'a' }, 'b/c.html': { body: 'c' } });
    const newest = await newestUnder('p/builds/1/');
    assert.ok(newest !== null && newest.getTime() >= before && newest <= new Date());
    await store.putSite('p/builds/', { '10/a.html': { body: 'a' }, '1': { body: '' } });
    assert.deepEqual(await newestUnder('p/builds/1/'), newest);
  });

  it('returns null where the prefix has no objects', async () => {
    assert.equal(await newestUnder('p/builds/2/'), null);
  });

  it('throws the reason when its signal is aborted', async () => {
    const stopped = AbortSignal.abort(new Error('stop'));
    const target = { bucket: store.bucket, prefix: 'p/builds/1/' };
    await assert.rejects(
      newestObject({ store: store.store }, target, { signal: stopped, newEnough: new Date() }),
      { message: 'stop' },
    );
  });

  /** Three pages of one object each, with dates in no order. */
  const fakePages = (asked: number[]): ObjectStore => ({
    ...store.store,
    listPage: ({ continuation = '0' }): Promise<ListedPage> => {
      const page = Number(continuation);
      asked.push(page);
      const modifiedAt = at(['10:00', '12:00', '11:00'][page] ?? '').getTime();
      const objects = [{ key: `p/builds/1/${page}`, etag: 'e', size: 1, modifiedAt }];
      return Promise.resolve({ objects, next: page < 2 ? String(page + 1) : null });
    },
  });

  for (const [what, newEnough, expected, pages] of [
    ['reads every page when no object is new enough', '13:00', '12:00', [0, 1, 2]],
    ['reads at most one page beyond the first object that is new enough', '09:00', '10:00', [0, 1]],
  ] as const)
    it(what, async () => {
      const asked: number[] = [];
      const target = { bucket: store.bucket, prefix: 'p/builds/1/' };
      const newest = await newestObject({ store: fakePages(asked) }, target, {
        signal,
        newEnough: at(newEnough),
      });
      assert.deepEqual([newest, asked], [at(expected), [...pages]]);
    });
});
