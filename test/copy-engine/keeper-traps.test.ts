import assert from 'node:assert/strict';
import { removePrefix } from '../../src/copy-engine/removal.js';
import { copyJobs, newSite, page, quietControl, type TestJob } from '../support/copy-jobs.js';
import { type TestEngine, testEngine } from '../support/test-engine.js';
import { describeForEachStore, type TestStore } from '../support/test-store.js';

const motoCannot = {
  log: ['deletes nothing before everything is copied, so that objects of both builds stay readable'],
};

describeForEachStore('known defects of LTD Keeper 1.x', motoCannot, (startTestStore) => {
  let store: TestStore;
  let engine: TestEngine;
  let newJob: (changes?: Partial<TestJob>) => TestJob;
  before(async () => {
    store = await startTestStore();
    engine = testEngine(store.store);
    newJob = copyJobs(store.bucket);
  });
  after(() => store.close());

  const update = async (job: TestJob): Promise<void> => {
    await engine.update(job);
    await engine.verify(job);
  };

  it('rebuilds an edition with more than 1,000 objects (LTD Keeper 1.x deleted them in one request)', async () => {
    const first = newJob({ concurrency: 64 });
    const second = { ...first, sourcePrefix: first.sourcePrefix.replace('/1/', '/2/') };
    await store.putSite(first.sourcePrefix, newSite(Array.from({ length: 1_050 }, (_, at) => `old/${at}.png`)));
    await store.putSite(second.sourcePrefix, newSite(['index.html']));
    await update(first);
    await update(second);
    assert.deepEqual(Object.keys(await store.readSite(second.destinationPrefix)), ['index.html']);
  });

  it('gives each object its own Cache-Control, not that of the first object', async () => {
    const job = newJob({ concurrency: 1 });
    await store.putSite(job.sourcePrefix, {
      'a.css': { body: 'a', headers: { system: { 'cache-control': 'max-age=31536000' } } },
      'b.css': { body: 'b', headers: { system: { 'cache-control': 'private' } } },
      'c.css': { body: 'c' },
    });
    await update(job);
    const shown = Object.values(await store.readSite(job.destinationPrefix));
    assert.deepEqual(
      shown.map(({ headers }) => headers.system['cache-control']),
      ['no-cache', 'no-cache', 'no-cache'],
    );
  });

  it('keeps Content-Encoding in an update', async () => {
    const job = newJob();
    await store.put(`${job.sourcePrefix}a.svgz`, {
      body: 'a',
      headers: { system: { 'content-encoding': 'gzip' } },
    });
    await update(job);
    const { headers } = await store.read(`${job.destinationPrefix}a.svgz`);
    assert.equal(headers.system['content-encoding'], 'gzip');
  });

  it('keeps edition DM-10 when edition DM-1 is removed', async () => {
    await store.putSite('pipelines/v/DM-1/', newSite(['index.html']));
    await store.putSite('pipelines/v/DM-10/', newSite(['index.html']));
    const job = { bucket: store.bucket, prefix: 'pipelines/v/DM-1/', directoryRedirects: true };
    await removePrefix({ store: store.store }, job, quietControl());
    assert.deepEqual(Object.keys(await store.readSite('pipelines/v/')), ['DM-10/index.html']);
  });

  it('deletes nothing before everything is copied, so that objects of both builds stay readable', async () => {
    const first = newJob();
    const second = { ...first, sourcePrefix: first.sourcePrefix.replace('/1/', '/2/') };
    await store.putSite(first.sourcePrefix, {
      'index.html': page('1'),
      'both.html': page('1'),
      'old.html': page('1'),
    });
    await store.putSite(second.sourcePrefix, { 'index.html': page('2'), 'both.html': page('2') });
    await update(first);
    const log = await store.record(() => update(second));
    const copies = log.filter(({ operation }) => operation === 'CopyObject');
    const deletions = log.filter(({ operation }) => operation.startsWith('DeleteObject'));
    assert.deepEqual(
      deletions.flatMap(({ keys = [] }) => keys),
      [`${second.destinationPrefix}old.html`],
    );
    for (const { answered } of copies) for (const { arrived } of deletions) assert.ok(answered < arrived);
  });
});
