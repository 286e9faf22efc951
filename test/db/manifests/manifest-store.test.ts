import assert from 'node:assert/strict';
import type { Manifest, ManifestDraft, ManifestEntry, ManifestStore } from '../../../src/copy-engine/manifest.js';
import { createManifestStore, partSize } from '../../../src/db/manifests/manifest-store.js';
import { Build } from '../../../src/db/models/build.js';
import { loadDashboardFacts } from '../../../src/db/queries/dashboard.js';
import { oddKeys } from '../../support/copy-jobs.js';
import { eventually } from '../../support/eventually.js';
import { productRow, type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

const entry = (key: string, size = 1): ManifestEntry => ({
  key,
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
  size,
  headers: { system: { 'content-type': 'text/html' }, metadata: { from: key } },
});
const numbered = (count: number, size = 1): ManifestEntry[] =>
  Array.from({ length: count }, (_, at) => entry(String(at).padStart(6, '0'), size));
const replaced = { code: 'manifest_replaced' };

async function entriesOf(manifest: Manifest | null, after: string | null = null): Promise<ManifestEntry[]> {
  assert.ok(manifest !== null, 'no manifest exists');
  const entries: ManifestEntry[] = [];
  for await (const part of manifest.read(after)) entries.push(...part);
  return entries;
}

async function keysOf(manifest: Manifest | null, after: string | null = null): Promise<string[]> {
  return (await entriesOf(manifest, after)).map(({ key }) => key);
}

describe('createManifestStore', () => {
  let world: ProtocolWorld;
  let store: ManifestStore;
  let build: (changes?: Readonly<Record<string, unknown>>) => Promise<number>;
  before(async () => {
    world = await startProtocolWorld();
    store = createManifestStore(world.knex);
    const edition = await world.edition();
    build = (changes) => edition.build(changes);
  });
  after(async () => {
    await world.close();
  });

  const record = async (buildId: number, entries: ManifestEntry[], complete = true): Promise<Manifest> => {
    const draft = await store.begin(buildId);
    await draft.append(entries);
    return draft.finish({ complete });
  };
  const manifestsOf = async (buildId: number): Promise<number> => {
    const rows = await world.knex('manifests').where({ build_id: buildId }).select('id');
    return rows.length;
  };
  const chunksIn = async (): Promise<number> => (await world.knex('manifest_chunks').select('number')).length;

  it('finds no manifest of a build that was never recorded', async () => {
    const id = await build();
    assert.deepEqual([await store.findComplete(id), await store.findNewest(id)], [null, null]);
  });

  it('returns the appended entries, whatever the sizes of the pieces', async () => {
    const id = await build();
    const draft = await store.begin(id);
    const entries = numbered(2_500, 3);
    await draft.append(entries.slice(0, 1));
    await draft.append([]);
    await draft.append(entries.slice(1, 2_400));
    await draft.append(entries.slice(2_400));
    for (const manifest of [await draft.finish({ complete: true }), await store.findComplete(id)]) {
      assert.deepEqual(await entriesOf(manifest), entries);
      assert.deepEqual([manifest?.objects, manifest?.bytes], [2_500, 7_500]);
      assert.deepEqual(manifest?.boundaries, ['000899', '001799', '002499']);
    }
  });

  it('reads from after any key, also one that does not exist', async () => {
    const manifest = await record(await build(), numbered(3_000));
    const firstAfter = async (after: string): Promise<[number, string | undefined]> => {
      const keys = await keysOf(manifest, after);
      return [keys.length, keys[0]];
    };
    assert.deepEqual(await firstAfter('000000'), [2_999, '000001']);
    assert.deepEqual(await firstAfter('000899'), [2_100, '000900']);
    assert.deepEqual(await firstAfter('000999'), [2_000, '001000']);
    assert.deepEqual(await firstAfter('001499x'), [1_500, '001500']);
    assert.deepEqual(await firstAfter('002999'), [0, undefined]);
    assert.deepEqual(await firstAfter('z'), [0, undefined]);
  });

  it('keeps unusual keys in the order of their bytes, also at the end of a part', async () => {
    const keys = [...oddKeys, 'with \u0000 in it'].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const manifest = await record(
      await build(),
      keys.map((key) => entry(key)),
    );
    for (const [at, after] of keys.entries()) assert.deepEqual(await keysOf(manifest, after), keys.slice(at + 1));
    for (const key of keys) assert.deepEqual((await record(await build(), [entry(key)])).boundaries, [key]);
  });

  it('fetches one part ahead of the reader, and no more', async () => {
    const manifest = await record(await build(), numbered(5_000));
    let asked = 0;
    const note = ({ sql }: { sql: string }): void => {
      if (sql.includes('manifest_chunks')) asked += 1;
    };
    world.knex.on('query', note);
    const reading = manifest.read(null)[Symbol.asyncIterator]();
    await reading.next();
    await eventually('the next part to be fetched', () => Promise.resolve(asked === 2));
    await reading.return?.();
    world.knex.removeListener('query', note);
    assert.equal(asked, 2);
  });

  it('stores large sums of object sizes', async () => {
    const manifest = await record(await build(), [entry('a', 2 ** 42), entry('b', 2 ** 42)]);
    assert.equal(manifest.bytes, 2 ** 43);
  });

  it('stores a manifest of a build without objects', async () => {
    const manifest = await record(await build(), []);
    assert.deepEqual([manifest.objects, manifest.boundaries, await keysOf(manifest)], [0, [], []]);
  });

  it('marks the dashboard dirty when a build is found empty, and when its files are found later', async () => {
    const id = await build();
    const generation = async (): Promise<number> => {
      const { product_id: productId } = await Build.query(world.knex).findById(id).throwIfNotFound();
      return (await productRow(world.knex, productId)).dashboard_generation;
    };
    const generations = [await generation()];
    for (const count of [0, 0, 2, 2]) {
      await record(id, numbered(count));
      generations.push(await generation());
    }
    const [first = NaN] = generations;
    assert.deepEqual(generations, [first, first + 1, first + 1, first + 2, first + 2]);
    assert.equal((await store.findComplete(id))?.objects, 2);
  });

  it('does not call a build empty before its upload has ended', async () => {
    const id = await build({ uploaded: false });
    await record(id, [], false);
    await world.knex('builds').where({ id }).update({ uploaded: true });
    const { product_id: productId } = await Build.query(world.knex).findById(id).throwIfNotFound();
    const found = (await loadDashboardFacts(world.knex, productId)).builds.find((each) => each.id === id);
    assert.equal(found?.isEmpty, false);
    await record(id, []);
    const later = (await loadDashboardFacts(world.knex, productId)).builds.find((each) => each.id === id);
    assert.equal(later?.isEmpty, true);
  });

  it('refuses a build that does not exist', async () => {
    await assert.rejects(store.begin(2_000_000_000), { code: 'not_found' });
  });

  describe('manifests of a build during its upload', () => {
    it('stores no complete manifest before the upload ends', async () => {
      const id = await build({ uploaded: false });
      await record(id, numbered(1), true);
      assert.equal(await store.findComplete(id), null);
      assert.deepEqual(await keysOf(await store.findNewest(id)), ['000000']);
    });

    it('stores no complete manifest when the upload ends after the pass began', async () => {
      const id = await build({ uploaded: false });
      const draft = await store.begin(id);
      await world.knex('builds').where({ id }).update({ uploaded: true });
      await draft.finish({ complete: true });
      assert.equal(await store.findComplete(id), null);
      await record(id, numbered(2));
      assert.deepEqual((await store.findComplete(id))?.objects, 2);
    });

    it('reports the counts of the newest pass, and only once', async () => {
      const id = await build({ uploaded: false });
      const early = await store.begin(id);
      await record(id, numbered(3), false);
      await record(id, numbered(5), false);
      await early.append(numbered(1));
      assert.equal((await early.finish({ complete: false })).objects, 5);
      assert.equal((await store.findNewest(id))?.objects, 5);
      assert.equal(await manifestsOf(id), 1);
    });

    it('throws while reading when a newer pass replaced the part', async () => {
      const id = await build({ uploaded: false });
      const old = await record(id, numbered(4_000), false);
      const reading = old.read(null)[Symbol.asyncIterator]();
      await reading.next();
      await record(id, numbered(4_000), false);
      await reading.next();
      await assert.rejects(async () => reading.next(), replaced);
    });
  });

  describe('manifests of a build that two passes record at once', () => {
    it('keeps each manifest whole, and keeps the first complete one', async () => {
      const id = await build();
      const [one, other] = await Promise.all([store.begin(id), store.begin(id)]);
      await Promise.all([one.append(numbered(1_500, 1)), other.append(numbered(1_700, 2))]);
      await Promise.all([one.append([entry('z', 1)]), other.append([entry('z', 2)])]);
      assert.equal((await one.finish({ complete: true })).objects, 1_501);
      assert.equal((await other.finish({ complete: true })).objects, 1_501);
      const sizes = new Set((await entriesOf(await store.findComplete(id))).map(({ size }) => size));
      assert.deepEqual([...sizes], [1]);
      assert.equal(await manifestsOf(id), 1);
    });

    it('keeps one manifest when many passes finish at the same moment', async () => {
      const id = await build();
      const drafts: ManifestDraft[] = [];
      for (let made = 1; made <= 6; made += 1) {
        const draft = await store.begin(id);
        await draft.append(numbered(made));
        drafts.push(draft);
      }
      const ends = await Promise.all(drafts.map((draft) => draft.finish({ complete: true })));
      const objects = (await store.findComplete(id))?.objects;
      assert.deepEqual(new Set(ends.map((end) => end.objects)), new Set([objects]));
      assert.equal(await manifestsOf(id), 1);
    });

    it('keeps a newer manifest when an older pass ends later', async () => {
      const id = await build();
      const partial = await store.begin(id);
      await record(id, numbered(4));
      await partial.append(numbered(2));
      assert.equal((await partial.finish({ complete: false })).objects, 4);
      assert.equal((await store.findComplete(id))?.objects, 4);
    });
  });

  it('leaves no parts of the manifests that it replaces', async () => {
    const before = await chunksIn();
    const id = await build({ uploaded: false });
    for (let pass = 1; pass <= 3; pass += 1) await record(id, numbered(pass * partSize), false);
    assert.equal((await chunksIn()) - before, 3);
  });

  it('deletes the manifest of a changed build, also one that is being recorded', async () => {
    const id = await build();
    await record(id, numbered(10));
    const draft = await store.begin(id);
    await store.forget(id);
    assert.deepEqual([await store.findComplete(id), await store.findNewest(id)], [null, null]);
    await assert.rejects(draft.append(numbered(1_000)), replaced);
    await assert.rejects(draft.finish({ complete: true }), replaced);
    assert.equal((await record(id, numbered(3))).objects, 3);
  });

  it('deletes parts that a killed process left, and keeps those being written', async () => {
    const [left, live] = [await build(), await build()];
    const stale = await store.begin(left);
    await stale.append(numbered(1_000));
    await world
      .knex('manifests')
      .where({ build_id: left })
      .update({ touched_at: world.knex.raw("now() - interval '7 hours'") });
    const writing = await store.begin(live);
    assert.deepEqual([await manifestsOf(left), await manifestsOf(live)], [0, 1]);
    await writing.append(numbered(1));
    assert.equal((await writing.finish({ complete: true })).objects, 1);
  });
});
