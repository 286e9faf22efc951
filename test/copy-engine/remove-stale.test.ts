import assert from 'node:assert/strict';
import { type RemovalControl, removeStale } from '../../src/copy-engine/removal.js';
import { hasCode, LtdError } from '../../src/domain/errors.js';
import { copyJobs, newSite, oddKeys, quietControl, type TestJob } from '../support/copy-jobs.js';
import { memoryEtags } from '../support/memory-etags.js';
import { memoryManifest } from '../support/memory-manifests.js';
import { type TestEngine, testEngine } from '../support/test-engine.js';
import { describeForEachStore, type TestStore } from '../support/test-store.js';

const motoCannot = {
  keys: [
    'deletes only the objects that the build does not have, whatever their keys',
    'sends one listing, which is also the verification, when nothing is stale',
  ],
  log: [
    'lists the edition again after it deleted something',
    'deletes pages before the assets that they may refer to',
    'deletes pages first also when it cannot note all stale objects',
    'deletes and counts more than a thousand objects, at most a thousand a request',
  ],
};

describeForEachStore('removeStale', motoCannot, (startTestStore) => {
  let store: TestStore;
  let engine: TestEngine;
  let newJob: (changes?: Partial<TestJob>) => TestJob;
  before(async () => {
    store = await startTestStore();
    engine = testEngine(store.store);
    newJob = copyJobs(store.bucket);
  });
  afterEach(() => {
    store.server.faults.reset();
  });
  after(() => store.close());

  const remove = (job: TestJob, control: Partial<RemovalControl> = {}): Promise<number> => engine.remove(job, control);

  it('deletes only the objects that the build does not have, whatever their keys', async () => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['index.html', 'kept/a.css']));
    await store.putSite(job.destinationPrefix, newSite(['index.html', 'kept/a.css', ...oddKeys]));
    const beside = job.destinationPrefix.replace('/v1/', '/v10/');
    await store.putSite(beside, newSite(['index.html']));
    await store.put(job.destinationPrefix.slice(0, -1), { body: '' });
    assert.equal(await remove(job), oddKeys.length);
    assert.deepEqual(Object.keys(await store.readSite(job.destinationPrefix)), ['index.html', 'kept/a.css']);
    assert.deepEqual(Object.keys(await store.readSite(beside)), ['index.html']);
    assert.equal((await store.read(job.destinationPrefix.slice(0, -1))).body, '');
  });

  it('sends one listing, which is also the verification, when nothing is stale', async () => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(oddKeys));
    await store.putSite(job.destinationPrefix, newSite(oddKeys));
    await engine.record(job);
    const log = await store.record(async () => {
      assert.equal(await remove(job), 0);
    });
    assert.deepEqual(
      log.map(({ operation }) => operation),
      ['ListObjectsV2'],
    );
  });

  it('calls beforeAssets after it deleted pages and before it deletes assets', async () => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['index.html']));
    await store.putSite(job.destinationPrefix, {
      ...newSite(['index.html']),
      ...newSite(['a.css', 'b.html', 'z.html']),
    });
    const seen: unknown[] = [];
    await remove(job, {
      beforeAssets: async (pages) => {
        seen.push(pages, Object.keys(await store.readSite(job.destinationPrefix)));
      },
    });
    assert.deepEqual(seen, [2, ['a.css', 'index.html']]);
    assert.deepEqual(Object.keys(await store.readSite(job.destinationPrefix)), ['index.html']);
  });

  it('does not call beforeAssets when it deletes only pages', async () => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['index.html']));
    await store.putSite(job.destinationPrefix, { ...newSite(['index.html']), ...newSite(['b.html']) });
    await remove(job, { beforeAssets: () => Promise.reject(new Error('beforeAssets was called')) });
    assert.deepEqual(Object.keys(await store.readSite(job.destinationPrefix)), ['index.html']);
  });

  it('deletes pages before the assets that they may refer to', async () => {
    const job = newJob();
    const pages = ['b.html', 'z/index.html'];
    const assets = ['a.css', 'z.png'];
    await store.putSite(job.sourcePrefix, newSite(['index.html']));
    await store.putSite(job.destinationPrefix, {
      ...newSite(['index.html']),
      ...newSite([...assets, ...pages]),
    });
    const log = await store.record(() => remove(job));
    const deletions = log.filter(({ operation }) => operation === 'DeleteObjects');
    assert.deepEqual(
      deletions.map(({ keys }) => keys),
      [pages, assets].map((keys) => keys.map((key) => job.destinationPrefix + key)),
    );
    const [first, second] = deletions;
    assert.ok(first !== undefined && second !== undefined && first.answered < second.arrived);
  });

  it('deletes and counts more than a thousand objects, at most a thousand a request', async () => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['index.html']));
    await store.putSite(job.destinationPrefix, {
      ...newSite(['index.html']),
      ...newSite(Array.from({ length: 2_100 }, (_, at) => `${at}.png`)),
    });
    const told: number[] = [];
    const log = await store.record(async () => {
      assert.equal(await remove(job, { onRemoved: (objects) => told.push(objects) }), 2_100);
    });
    const sizes = log.flatMap(({ operation, keys = [] }) => (operation === 'DeleteObjects' ? [keys.length] : []));
    assert.deepEqual(
      sizes.sort((a, b) => a - b),
      [100, 1_000, 1_000],
    );
    assert.equal(told.at(-1), 2_100);
    assert.deepEqual(Object.keys(await store.readSite(job.destinationPrefix)), ['index.html']);
  });

  it('deletes nothing when the edition lacks an object of the build', async () => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['index.html']));
    await store.putSite(job.destinationPrefix, newSite(['old.html']));
    await assert.rejects(remove(job), (error) => hasCode(error, 'verification_failed'));
    assert.deepEqual(Object.keys(await store.readSite(job.destinationPrefix)), ['old.html']);
  });

  it('lists the edition again after it deleted something', async () => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['index.html']));
    await store.putSite(job.destinationPrefix, { ...newSite(['index.html']), 'old.html': { body: '' } });
    const onRemoved = (): void => {
      store.server.faults.addRule({
        match: { operation: 'ListObjectsV2' },
        action: { kind: 'error', status: 403, code: 'AccessDenied' },
      });
    };
    await assert.rejects(remove(job, { onRemoved }), (error) => hasCode(error, 'store_access_denied'));
  });

  it('deletes pages first also when it cannot note all stale objects', async () => {
    const job = newJob({ maxNoted: 2 });
    await store.putSite(job.sourcePrefix, newSite(['index.html']));
    await store.putSite(job.destinationPrefix, {
      ...newSite(['index.html']),
      ...newSite(['a.css', 'b.css', 'c.css', 'd.html', 'e.css', 'f.html']),
    });
    const log = await store.record(async () => {
      assert.equal(await remove(job), 6);
    });
    assert.deepEqual(
      log.flatMap(({ operation, keys = [] }) => (operation === 'DeleteObjects' ? [keys.length] : [])),
      [2, 4],
    );
    assert.deepEqual(Object.keys(await store.readSite(job.destinationPrefix)), ['index.html']);
  });

  it('fails with build_empty and deletes nothing when the build has no objects', async () => {
    const job = newJob();
    await store.putSite(job.destinationPrefix, newSite(['index.html']));
    const deps = { store: store.store, etags: memoryEtags() };
    await assert.rejects(removeStale(deps, { ...job, manifest: memoryManifest([]) }, quietControl()), (error) =>
      hasCode(error, 'build_empty'),
    );
    assert.deepEqual(Object.keys(await store.readSite(job.destinationPrefix)), ['index.html']);
  });

  it('checks the fence before each deletion', async () => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['index.html']));
    await store.putSite(job.destinationPrefix, {
      ...newSite(['index.html']),
      ...newSite(['a.css', 'b.html']),
    });
    const fence = new LtdError('plan_void', 'another writer has the lease');
    let asked = 0;
    await assert.rejects(
      remove(job, {
        mayWrite: () => {
          asked += 1;
          if (asked === 2) throw fence;
        },
      }),
      (error) => error === fence,
    );
    assert.deepEqual(Object.keys(await store.readSite(job.destinationPrefix)), ['a.css', 'index.html']);
  });

  it('throws the reason of an abort and deletes nothing more', async () => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['index.html']));
    await store.putSite(job.destinationPrefix, {
      ...newSite(['index.html']),
      ...newSite(['a.css', 'b.html']),
    });
    const controller = new AbortController();
    const reason = new Error('cancelled');
    await assert.rejects(
      remove(job, {
        signal: controller.signal,
        onRemoved: () => {
          controller.abort(reason);
        },
      }),
      (error) => error === reason,
    );
    assert.deepEqual(Object.keys(await store.readSite(job.destinationPrefix)), ['a.css', 'index.html']);
  });
});
