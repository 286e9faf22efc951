import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { isAsKnown } from '../../src/copy-engine/known-entries.js';
import { recordManifest, recordWhole } from '../../src/copy-engine/record-manifest.js';
import type {
  ManifestCounts,
  RecordingControl,
  RecordingDeps,
  RecordingJob,
} from '../../src/copy-engine/recording-job.js';
import type { ManifestEntry } from '../../src/copy-engine/manifest.js';
import { createManifestStore, partSize } from '../../src/db/manifests/manifest-store.js';
import { hasCode } from '../../src/domain/errors.js';
import { newSite, oddKeys } from '../support/copy-jobs.js';
import { eventually } from '../support/eventually.js';
import { type ProtocolWorld, startProtocolWorld, type TestEdition } from '../support/protocol.js';
import { startTestStore, type TestStore } from '../support/test-store.js';

const { signal: never } = new AbortController();

describe('recordManifest', () => {
  let store: TestStore;
  let world: ProtocolWorld;
  let deps: RecordingDeps;
  let edition: TestEdition;
  before(async () => {
    [store, world] = await Promise.all([startTestStore(), startProtocolWorld()]);
    deps = { store: store.store, manifests: createManifestStore(world.knex) };
    edition = await world.edition();
    await world.knex('products').update({ bucket_name: store.bucket });
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(async () => {
    await Promise.all([store.close(), world.close()]);
  });

  const newJob = async (changes: Partial<RecordingJob> = {}): Promise<RecordingJob> => {
    const uploaded = changes.complete ?? true;
    const buildId = await edition.build({ uploaded });
    return {
      buildId,
      bucket: store.bucket,
      prefix: `p/builds/${buildId}/`,
      complete: uploaded,
      concurrency: 16,
      ...changes,
    };
  };
  const begin = (job: RecordingJob, control: Partial<RecordingControl> = {}) =>
    recordManifest(deps, job, { signal: never, ...control });
  const record = async (job: RecordingJob, control: Partial<RecordingControl> = {}): Promise<ManifestEntry[]> => {
    const entries: ManifestEntry[] = [];
    for await (const part of begin(job, control)) entries.push(...part);
    return entries;
  };
  const stored = async ({ buildId }: RecordingJob): Promise<ManifestEntry[]> => {
    const entries: ManifestEntry[] = [];
    for await (const part of (await deps.manifests.findNewest(buildId))?.read(null) ?? []) entries.push(...part);
    return entries;
  };
  const uploaded = async ({ buildId: id }: RecordingJob): Promise<void> => {
    await world.knex('builds').where({ id }).update({ uploaded: true });
  };
  /** The keys, without the prefix, of the HEAD requests that some work sends. */
  const headsOf = async ({ prefix }: RecordingJob, work: () => Promise<unknown>): Promise<string[]> =>
    (await store.record(work))
      .filter(({ operation }) => operation === 'HeadObject')
      .map(({ key = '' }) => key.slice(prefix.length));
  const asKnown = (job: RecordingJob): Promise<boolean> => isAsKnown(deps, job, { signal: never });
  const names = (count: number): string[] => Array.from({ length: count }, (_, at) => String(at).padStart(5, '0'));

  it('gives each object with its headers in listing order, and stores the manifest', async () => {
    const job = await newJob();
    const headers = {
      system: {
        'content-type': 'text/html; charset=utf-8',
        'content-encoding': 'gzip',
        'content-language': 'de',
        expires: '0',
      },
      metadata: { 'surrogate-key': 'abc', mtime: '17' },
    };
    await store.putSite(job.prefix, newSite(oddKeys));
    await store.put(`${job.prefix}labelled.html`, { body: '12345', headers });
    await store.put(`${job.prefix.slice(0, -1)}-beside/page.html`, { body: 'content of another build' });
    const entries = await record(job);
    assert.deepEqual(
      entries.map(({ key }) => key),
      [...oddKeys, 'labelled.html'].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    const labelled = entries.find(({ key }) => key === 'labelled.html');
    assert.ok(labelled?.modifiedAt !== undefined);
    assert.deepEqual(labelled, {
      key: 'labelled.html',
      etag: '827ccb0eea8a706c4c34a16891f84e7b',
      size: 5,
      headers,
      modifiedAt: labelled.modifiedAt,
    });
    assert.deepEqual(await stored(job), entries);
    const manifest = await deps.manifests.findComplete(job.buildId);
    assert.equal(manifest?.objects, entries.length);
    assert.equal(
      manifest.bytes,
      entries.reduce((bytes, { size }) => bytes + size, 0),
    );
  });

  it('sends a HEAD only for objects that are new or changed since the last pass', async () => {
    const job = await newJob({ complete: false });
    await store.putSite(job.prefix, newSite(['a', 'b', 'c', 'e']));
    assert.deepEqual((await headsOf(job, () => record(job))).sort(), ['a', 'b', 'c', 'e']);
    await store.put(`${job.prefix}b`, {
      body: 'changed',
      headers: { system: { 'content-type': 'text/css' } },
    });
    await store.put(`${job.prefix}d`, { body: 'new' });
    await store.delete(`${job.prefix}c`);
    assert.deepEqual((await headsOf(job, () => record(job))).sort(), ['b', 'd']);
    const entries = await stored(job);
    assert.deepEqual(
      entries.map(({ key }) => key),
      ['a', 'b', 'd', 'e'],
    );
    assert.equal(entries[1]?.headers.system['content-type'], 'text/css');
    assert.deepEqual(await headsOf(job, () => record(job)), []);
  });

  it('sends a HEAD for an object that was put again with the same content and other headers', async () => {
    const job = await newJob({ complete: false });
    await store.putSite(job.prefix, newSite(['a', 'b']));
    await record(job);
    // Stores tell the time in whole seconds.
    store.server.faults.setClockOffset(5_000);
    await store.put(`${job.prefix}b`, {
      body: 'content 1 of b',
      headers: { system: { 'content-type': 'text/css' } },
    });
    assert.equal(await asKnown(job), false);
    assert.deepEqual(await headsOf(job, () => record(job)), ['b']);
    assert.equal((await stored(job))[1]?.headers.system['content-type'], 'text/css');
  });

  it('completes the manifest only in a pass after the upload, with HEADs for new objects alone', async () => {
    const job = await newJob({ complete: false });
    await store.putSite(job.prefix, newSite(names(30)));
    await record(job);
    assert.equal(await deps.manifests.findComplete(job.buildId), null);
    await store.put(`${job.prefix}tail`, { body: 'last' });
    await uploaded(job);
    const last = { ...job, complete: true };
    assert.deepEqual(await headsOf(job, () => record(last)), ['tail']);
    assert.equal((await deps.manifests.findComplete(job.buildId))?.objects, 31);
  });

  describe('a large build in a fake store', () => {
    /** Answers at once, except that each page of the listing waits for `page`. */
    const largeStore = (count: number, page: (at: number) => Promise<void> = () => Promise.resolve()) => {
      const keys = names(count);
      const asked: string[] = [];
      const fake: RecordingDeps['store'] = {
        ...store.store,
        listPage: async ({ prefix, startAfter, continuation }) => {
          const after = startAfter === undefined ? 0 : keys.findIndex((key) => prefix + key > startAfter);
          const at = continuation === undefined ? after : Number(continuation);
          await page(at);
          const objects = keys
            .slice(at, at + 1_000)
            .map((key) => ({ key: prefix + key, etag: key, size: 1, modifiedAt: 0 }));
          return { objects, next: at + 1_000 < count ? String(at + 1_000) : null };
        },
        head: async ({ key }) => {
          asked.push(key);
          await turn();
          const headers = { system: {}, metadata: {} };
          return { etag: key.slice(-5), size: 1, headers, isEtagDigest: true };
        },
      };
      return { asked, fake };
    };

    it('reuses the entries of a replacement manifest when another pass replaces the one it reads', async () => {
      const job = await newJob({ complete: false });
      const first = largeStore(3_500);
      await recordWhole({ ...deps, store: first.fake }, job, { signal: never });
      let goOn = (): void => undefined;
      const going = new Promise<void>((resolve) => (goOn = resolve));
      const { asked, fake } = largeStore(3_500, async (at) => {
        if (at === 2_000) await going;
      });
      const reading = recordManifest({ ...deps, store: fake }, job, { signal: never });
      await reading.next();
      const replacement = await deps.manifests.begin(job.buildId);
      await replacement.append(await stored(job));
      await replacement.finish({ complete: false });
      goOn();
      let last = '';
      for await (const part of reading) last = part.at(-1)?.key ?? '';
      assert.deepEqual([last, first.asked.length, asked.length], ['03499', 3_500, 0]);
    });

    it('reuses the parts that an interrupted first pass stored', async () => {
      const job = await newJob();
      let goOn = (): void => undefined;
      const going = new Promise<void>((resolve) => (goOn = resolve));
      const first = largeStore(3_500, async (at) => {
        if (at === 3_000) await going;
      });
      const reading = recordManifest({ ...deps, store: first.fake }, job, { signal: never });
      for (let read = 0; read < 3_000;) {
        const part = await reading.next();
        assert.ok(part.done !== true);
        read += part.value.length;
      }
      goOn();
      await reading.throw(new Error('killed')).catch(() => undefined);
      assert.equal(await deps.manifests.findNewest(job.buildId), null);
      const second = largeStore(3_500);
      const manifest = await recordWhole({ ...deps, store: second.fake }, job, { signal: never });
      assert.deepEqual([manifest.objects, second.asked.length], [3_500, 3_500 - 3 * partSize]);
    });

    it('lists several parts at a time once a pass has recorded a manifest', async () => {
      const job = await newJob({ complete: false });
      await recordWhole({ ...deps, store: largeStore(3_500).fake }, job, { signal: never });
      let goOn = (): void => undefined;
      const going = new Promise<void>((resolve) => (goOn = resolve));
      const pages: number[] = [];
      const { fake } = largeStore(3_500, async (at) => {
        pages.push(at);
        await going;
      });
      const recording = recordWhole({ ...deps, store: fake }, job, { signal: never });
      await eventually('four pages to be asked for', () => Promise.resolve(pages.length === 4));
      goOn();
      assert.equal((await recording).objects, 3_500);
      assert.deepEqual(pages, [0, partSize, 2 * partSize, 3 * partSize]);
    });

    it('sends HEADs ahead of a slow reader, up to the size of the window', async () => {
      const job = await newJob({ concurrency: 64 });
      const { asked, fake } = largeStore(6_000);
      const reading = recordManifest({ ...deps, store: fake }, job, { signal: never });
      const first = await reading.next();
      assert.ok(first.done !== true && first.value[0]?.key === '00000');
      await eventually('the window to be full', () => Promise.resolve(asked.length >= 4_000));
      for (let turns = 0; turns < 100; turns += 1) await turn();
      assert.ok(asked.length <= 4_000 + first.value.length);
      const keys = first.value.map(({ key }) => key);
      for await (const part of reading) keys.push(...part.map(({ key }) => key));
      assert.deepEqual(keys, names(6_000));
    });
  });

  it('gives the objects before one whose HEAD takes long', async () => {
    const job = await newJob();
    await store.putSite(job.prefix, newSite(names(10)));
    const slow = store.server.faults.addRule({
      match: { operation: 'HeadObject', keyPattern: '00005$' },
      action: { kind: 'hold' },
    });
    const reading = begin(job);
    const keys: string[] = [];
    while (keys.length < 5) {
      const part = await reading.next();
      assert.ok(part.done !== true);
      keys.push(...part.value.map(({ key }) => key));
    }
    assert.deepEqual(keys, names(5));
    store.server.faults.removeRule(slow.id);
    for await (const part of reading) keys.push(...part.map(({ key }) => key));
    assert.deepEqual(keys, names(10));
  });

  it('reports its progress in objects, bytes and HEADs sent', async () => {
    const job = await newJob({ complete: false });
    await store.putSite(job.prefix, newSite(['a', 'b']));
    await record(job);
    await store.put(`${job.prefix}c`, { body: '12345' });
    const told: ManifestCounts[] = [];
    await record(job, { onProgress: (counts) => told.push(counts) });
    const bytes = (await stored(job)).reduce((sum, { size }) => sum + size, 0);
    assert.deepEqual(told.at(-1), { objects: 3, bytes, asked: 1 });
  });

  describe('builds without objects', () => {
    it('fails with build_empty in a complete pass over a build without objects', async () => {
      const job = await newJob();
      await assert.rejects(record(job), (error) => hasCode(error, 'build_empty'));
      assert.equal((await deps.manifests.findNewest(job.buildId))?.objects, 0);
      assert.equal(await deps.manifests.findComplete(job.buildId), null);
    });

    it('gives nothing in an incomplete pass over a build without objects', async () => {
      assert.deepEqual(await record(await newJob({ complete: false })), []);
    });
  });

  describe('objects that vanish between listing and HEAD', () => {
    const vanishing = (): void => {
      store.server.faults.addRule({
        match: { operation: 'HeadObject', keyPattern: 'gone$' },
        action: { kind: 'error', status: 404, code: 'NoSuchKey' },
      });
    };

    it('leaves out a vanished object while the upload goes on', async () => {
      const job = await newJob({ complete: false });
      await store.putSite(job.prefix, newSite(['a', 'gone', 'z']));
      vanishing();
      assert.deepEqual(
        (await record(job)).map(({ key }) => key),
        ['a', 'z'],
      );
    });

    it('fails with source_changed when an object vanishes after the upload, and stores no manifest', async () => {
      const job = await newJob();
      await store.putSite(job.prefix, newSite(['a', 'gone', 'z']));
      vanishing();
      await assert.rejects(record(job), (error) => hasCode(error, 'source_changed'));
      assert.equal(await deps.manifests.findNewest(job.buildId), null);
    });
  });

  describe('interrupted recordings', () => {
    it('sends no request when its signal was aborted before it starts', async () => {
      const job = await newJob();
      const reason = new Error('shut down');
      const log = await store.record(() =>
        assert.rejects(record(job, { signal: AbortSignal.abort(reason) }), (error) => error === reason),
      );
      assert.deepEqual(log, []);
    });

    it('waits for requests in flight when its signal is aborted, and throws the reason', async () => {
      const job = await newJob({ concurrency: 8 });
      await store.putSite(job.prefix, newSite(names(40)));
      store.server.faults.resetStats();
      const hold = store.server.faults.addRule({
        match: { operation: 'HeadObject' },
        action: { kind: 'hold' },
      });
      const heads = () => store.server.faults.stats().byOperation['HeadObject'] ?? { total: 0, inFlight: 0 };
      const controller = new AbortController();
      const reason = new Error('shut down');
      const ended = assert.rejects(record(job, { signal: controller.signal }), (error) => error === reason);
      await eventually('eight HEADs to be on their way', () => Promise.resolve(heads().inFlight === 8));
      controller.abort(reason);
      store.server.faults.removeRule(hold.id);
      await ended;
      assert.deepEqual([heads().total, heads().inFlight], [8, 0]);
    });

    it('leaves no request in flight and stores no manifest when its reader stops', async () => {
      const job = await newJob({ concurrency: 4 });
      await store.putSite(job.prefix, newSite(names(200)));
      for await (const part of begin(job)) {
        assert.ok(part.length > 0);
        break;
      }
      assert.equal(store.server.faults.stats().inFlight, 0);
      assert.equal(await deps.manifests.findNewest(job.buildId), null);
    });

    it('throws the error of a store that refuses a HEAD', async () => {
      const job = await newJob({ concurrency: 4 });
      await store.putSite(job.prefix, newSite(names(50)));
      store.server.faults.addRule({
        match: { operation: 'HeadObject', keyPattern: '00003$' },
        action: { kind: 'error', status: 403, code: 'AccessDenied' },
      });
      await assert.rejects(record(job), (error) => hasCode(error, 'store_access_denied'));
      assert.equal(store.server.faults.stats().inFlight, 0);
    });
  });

  it('refuses a prefix that does not end in a slash', async () => {
    await assert.rejects(record({ ...(await newJob()), prefix: 'p/builds/1' }), TypeError);
  });

  describe('isAsKnown', () => {
    it('isAsKnown returns true when the build has no objects and no manifest', async () => {
      assert.equal(await asKnown(await newJob({ complete: false })), true);
    });

    it('isAsKnown compares by listings alone, also beyond one page', async () => {
      const job = await newJob({ complete: false });
      await store.putSite(job.prefix, newSite(names(1_001)));
      assert.equal(await asKnown(job), false);
      await record(job);
      const log = await store.record(async () => {
        assert.equal(await asKnown(job), true);
      });
      assert.deepEqual(
        log.map(({ operation }) => operation),
        ['ListObjectsV2', 'ListObjectsV2'],
      );
    });

    for (const [what, change] of Object.entries({
      'a new object': (prefix: string) => store.put(`${prefix}bb`, { body: 'new' }),
      'a new object after all others': (prefix: string) => store.put(`${prefix}z`, { body: 'new' }),
      'a changed object': (prefix: string) => store.put(`${prefix}b`, { body: 'changed' }),
      'a deleted object': (prefix: string) => store.delete(`${prefix}b`),
      'the last object deleted': (prefix: string) => store.delete(`${prefix}c`),
    })) {
      it(`isAsKnown returns false after ${what}`, async () => {
        const job = await newJob({ complete: false });
        await store.putSite(job.prefix, newSite(['a', 'b', 'c']));
        await record(job);
        await change(job.prefix);
        assert.equal(await asKnown(job), false);
      });
    }
  });
});
