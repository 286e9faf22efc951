import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { listObjects, newestObject } from '../../src/copy-engine/list.js';
import { hasCode } from '../../src/domain/errors.js';
import type { ListedPage, ListPageRequest, ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { newSite, oddKeys } from '../support/copy-jobs.js';
import { describeForEachClient, startTestStore, type TestStore } from '../support/test-store.js';

const noGate = (): void => undefined;

describeForEachClient('listObjects', (startTestStore) => {
  let store: TestStore;
  before(async () => {
    store = await startTestStore();
  });
  after(() => store.close());

  const keysOf = async (pages: AsyncIterable<readonly { readonly key: string }[]>): Promise<string[]> => {
    const keys: string[] = [];
    for await (const page of pages) keys.push(...page.map(({ key }) => key));
    return keys;
  };
  /** A store that answers listings with these pages of keys in turn. */
  const storeOf = (...pages: string[][]) => {
    const requests: ListPageRequest[] = [];
    const listPage = (request: ListPageRequest): Promise<ListedPage> => {
      request.gate?.();
      const at = requests.push(request) - 1;
      const objects = (pages[at] ?? []).map((key) => ({
        key,
        etag: 'e',
        size: 1,
        modifiedAt: 0,
      }));
      return Promise.resolve({ objects, next: at + 1 < pages.length ? `page ${at + 1}` : null });
    };
    return { requests, store: { ...store.store, listPage } };
  };
  const list = (...pages: string[][]): Promise<string[]> =>
    keysOf(listObjects(storeOf(...pages).store, { bucket: 'b', prefix: 'p/', gate: noGate }));

  it('gives keys of every kind without the prefix, in UTF-8 byte order', async () => {
    await store.putSite('odd/', newSite(oddKeys));
    await store.put('odd0', { body: 'beside' });
    const { bucket } = store;
    assert.deepEqual(await keysOf(listObjects(store.store, { bucket, prefix: 'odd/', gate: noGate })), oddKeys);
  });

  it('lists only the keys after a given key', async () => {
    const { bucket } = store;
    for (const [at, after] of oddKeys.entries()) {
      const listing = listObjects(store.store, { bucket, prefix: 'odd/', after, gate: noGate });
      assert.deepEqual(await keysOf(listing), oddKeys.slice(at + 1));
    }
  });

  it('gives no keys for a prefix without objects', async () => {
    const { bucket } = store;
    assert.deepEqual(await keysOf(listObjects(store.store, { bucket, prefix: 'none/', gate: noGate })), []);
  });

  it('continues a listing after pages that are short or empty', async () => {
    assert.deepEqual(await list(['p/a'], [], ['p/b', 'p/c'], []), ['a', 'b', 'c']);
  });

  for (const [what, pages] of Object.entries({
    'a repeated page': [
      ['p/a', 'p/b'],
      ['p/a', 'p/b'],
    ],
    'a repeated key': [['p/a', 'p/a']],
    'a key before the previous page': [['p/b'], ['p/a']],
    'UTF-16 order': [['p/\u{1f600}', 'p/\uffee']],
    'another prefix': [['p/a', 'q/b']],
    'a neighbouring prefix': [['p0/a']],
  })) {
    it(`rejects a listing with ${what}`, async () => {
      await assert.rejects(list(...pages), (error) => hasCode(error, 'store_unavailable'));
    });
  }

  it('rejects a page that begins at or before the key to begin after', async () => {
    const { store: wrong } = storeOf(['p/b', 'p/c']);
    await assert.rejects(keysOf(listObjects(wrong, { bucket: 'b', prefix: 'p/', after: 'b', gate: noGate })), (error) =>
      hasCode(error, 'store_unavailable'),
    );
  });

  it('requests the next page while the reader has this one, and no page more', async () => {
    const { requests, store: counted } = storeOf(['p/a'], ['p/b'], ['p/c']);
    const listing = listObjects(counted, { bucket: 'b', prefix: 'p/', gate: noGate });
    await listing.next();
    assert.deepEqual(
      requests.map(({ continuation }) => continuation),
      [undefined, 'page 1'],
    );
    await listing.return();
    assert.equal(requests.length, 2);
  });

  describe('a next page that fails while the reader has this one', () => {
    const failing = (): AsyncGenerator<readonly { readonly key: string }[]> => {
      let asked = 0;
      const { store: paged } = storeOf(['p/a'], ['p/b']);
      const listPage = async (request: ListPageRequest): Promise<ListedPage> => {
        asked += 1;
        if (asked > 1) throw new Error('page 2 failed');
        return await paged.listPage(request);
      };
      return listObjects({ ...store.store, listPage }, { bucket: 'b', prefix: 'p/', gate: noGate });
    };

    // Without a test runner, an unhandled rejection ends the process.
    const unseen: unknown[] = [];
    const note = (reason: unknown): number => unseen.push(reason);
    beforeEach(() => {
      unseen.length = 0;
      process.on('unhandledRejection', note);
    });
    afterEach(() => {
      process.off('unhandledRejection', note);
    });

    it('throws the failure of the next page to a reader that continues late', async () => {
      const listing = failing();
      await listing.next();
      await turn();
      assert.deepEqual(unseen, []);
      await assert.rejects(listing.next(), /page 2 failed/);
    });

    it('raises no unhandled rejection when the reader stops before the failed page', async () => {
      const listing = failing();
      await listing.next();
      await turn();
      await listing.return(undefined);
      assert.deepEqual(unseen, []);
    });
  });
});

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
    await assert.rejects(newestObject({ store: store.store }, target, { signal: stopped, newEnough: new Date() }), {
      message: 'stop',
    });
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
