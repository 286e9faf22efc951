import assert from 'node:assert/strict';
import fc from 'fast-check';
import { listInParallel } from '../../src/copy-engine/list-in-parallel.js';
import { compareKeys } from '../../src/domain/object-keys.js';
import type { ListedPage, ListPageRequest, ObjectStore } from '../../src/integrations/object-store/object-store.js';

const pageSize = 10;

/** A fake store that lists ten keys a page and counts its requests. */
function storeOf(keys: readonly string[]) {
  let asked = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  const listPage = async ({ prefix, startAfter, continuation, gate }: ListPageRequest): Promise<ListedPage> => {
    gate?.();
    asked += 1;
    inFlight += 1;
    maxInFlight = Math.max(maxInFlight, inFlight);
    await new Promise((resolve) => setImmediate(resolve));
    inFlight -= 1;
    const after = continuation ?? startAfter;
    const rest = keys.map((key) => prefix + key).filter((key) => after === undefined || compareKeys(key, after) > 0);
    const objects = rest.slice(0, pageSize).map((key) => ({ key, etag: 'e', size: 1, modifiedAt: 0 }));
    return { objects, next: rest.length > pageSize ? (objects.at(-1)?.key ?? null) : null };
  };
  const store = { listPage } as unknown as ObjectStore; // the tests call no other method
  return { store, stats: () => ({ asked, inFlight, maxInFlight }) };
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at).padStart(4, '0'));
const splitsOf = (keys: readonly string[]): string[] => keys.filter((_, at) => at % pageSize === pageSize - 1);

describe('listInParallel', () => {
  const list = async (
    store: ObjectStore,
    splits: readonly string[],
    after: string | null = null,
  ): Promise<string[]> => {
    const listing = { bucket: 'b', prefix: 'p/', after, gate: () => undefined };
    const found: string[] = [];
    for await (const page of listInParallel(store, listing, splits)) found.push(...page.map(({ key }) => key));
    return found;
  };

  it('gives the same keys as a single listing, whatever the splits', async () => {
    const keys = fc.uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', '\uffee', '\u{1f600}'), maxLength: 6 }), {
      maxLength: 120,
    });
    const sorted = keys.map((all) => all.sort(compareKeys));
    await fc.assert(
      fc.asyncProperty(sorted, sorted, fc.option(fc.constantFrom('', 'a', 'ab', 'b')), async (there, splits, after) => {
        const { store, stats } = storeOf(there);
        const expected = there.filter((key) => after === null || compareKeys(key, after) > 0);
        assert.deepEqual(await list(store, splits, after), expected);
        assert.equal(stats().inFlight, 0);
      }),
      { numRuns: 200, seed: 20_261_125 },
    );
  });

  it('requests several parts at a time, and as many pages as a single listing would', async () => {
    const keys = numbered(200);
    const { store, stats } = storeOf(keys);
    assert.deepEqual(await list(store, splitsOf(keys).slice(0, -1)), keys);
    assert.equal(stats().asked, 20);
    assert.ok(stats().maxInFlight > 4, String(stats().maxInFlight));
  });

  it('requests each part once when its page has room for the keys added since', async () => {
    const known = numbered(36);
    const splits = known.filter((_, at) => at % 9 === 8).slice(0, -1);
    const keys = known.flatMap((key, at) => (at % 9 === 4 ? [key, `${key}-of-another-release`] : [key]));
    const { store, stats } = storeOf(keys);
    assert.deepEqual(await list(store, splits), keys);
    assert.equal(stats().asked, 4);
  });

  it('requests one page when all keys fit in it', async () => {
    const { store, stats } = storeOf(numbered(8));
    assert.deepEqual(await list(store, splitsOf(numbered(200))), numbered(8));
    assert.equal(stats().asked, 1);
  });

  it('leaves no request in flight when its reader stops', async () => {
    const keys = numbered(200);
    const { store, stats } = storeOf(keys);
    const listing = { bucket: 'b', prefix: 'p/', gate: () => undefined };
    let pages = 0;
    for await (const page of listInParallel(store, listing, splitsOf(keys))) {
      assert.equal(page.length, pageSize);
      pages += 1;
      if (pages === 2) break;
    }
    assert.equal(stats().inFlight, 0);
  });

  it('throws the error of a failed part', async () => {
    const keys = numbered(200);
    const { store } = storeOf(keys);
    const broken = {
      ...store,
      listPage: (request: ListPageRequest) =>
        request.startAfter === 'p/0059' ? Promise.reject(new Error('down')) : store.listPage(request),
    };
    await assert.rejects(list(broken, splitsOf(keys)), /down/);
  });
});
