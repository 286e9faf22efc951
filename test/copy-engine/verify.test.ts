import assert from 'node:assert/strict';
import { verifyCopy, verifyEmpty } from '../../src/copy-engine/verify.js';
import { hasCode } from '../../src/domain/errors.js';
import { copyJobs, newSite, page, quietControl, type TestJob } from '../support/copy-jobs.js';
import { memoryEtags } from '../support/memory-etags.js';
import { memoryManifest } from '../support/memory-manifests.js';
import { type TestEngine, testEngine } from '../support/test-engine.js';
import { describeForEachStore, type TestStore } from '../support/test-store.js';

const motoCannot = {
  log: ['accepts the result of copyBuild with one listing'],
};

describeForEachStore('verifyCopy', motoCannot, (startTestStore) => {
  let store: TestStore;
  let engine: TestEngine;
  let newJob: (changes?: Partial<TestJob>) => TestJob;
  before(async () => {
    store = await startTestStore();
    engine = testEngine(store.store);
    newJob = copyJobs(store.bucket);
  });
  after(() => store.close());

  const published = async (): Promise<TestJob> => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.html', 'index.html']));
    await engine.copy(job);
    return job;
  };
  const verify = (job: TestJob): Promise<void> => engine.verify(job);
  const assertFails = async (job: TestJob, ...named: readonly string[]): Promise<void> => {
    await assert.rejects(verify(job), (error) => {
      assert.ok(hasCode(error, 'verification_failed'));
      for (const words of [job.destinationPrefix, ...named]) assert.ok(error.message.includes(words), error.message);
      return true;
    });
  };

  it('accepts the result of copyBuild with one listing', async () => {
    const job = await published();
    const log = await store.record(() => verify(job));
    assert.deepEqual(
      log.map(({ operation }) => operation),
      ['ListObjectsV2'],
    );
  });

  it('reports a missing object', async () => {
    const job = await published();
    await store.delete(`${job.destinationPrefix}b.html`);
    await assertFails(job, '"b.html" is missing');
  });

  it('reports an object that should not be there', async () => {
    const job = await published();
    await store.put(`${job.destinationPrefix}old.html`, { body: 'old' });
    await assertFails(job, '"old.html" should not be there');
  });

  it('reports another size, and other content of the same size', async () => {
    const job = await published();
    const { body } = await store.read(`${job.sourcePrefix}b.html`);
    await store.put(`${job.destinationPrefix}a.css`, { body: '' });
    await store.put(`${job.destinationPrefix}b.html`, { body: body.replace('content', 'CONTENT') });
    await assertFails(job, '"a.css" has 0 bytes instead of', '"b.html" has other content');
  });

  it('names the first differences and says that there are more', async () => {
    const job = await published();
    await store.putSite(job.destinationPrefix, newSite(['z1', 'z2', 'z3', 'z4', 'z5', 'z6', 'z7']));
    await assertFails(job, '"z5" should not be there and more');
  });

  describe('verifyHeaders', () => {
    for (const [what, headers] of Object.entries({
      'another type': { system: { 'content-type': 'text/css' } },
      'another cache policy': { system: { 'cache-control': 'private' } },
      'other metadata': { metadata: { added: 'yes' } },
    })) {
      it(`reports ${what}, which no listing shows`, async () => {
        const job = await published();
        await engine.verifyHeaders(job);
        const { body } = await store.read(`${job.destinationPrefix}b.html`);
        await store.put(`${job.destinationPrefix}b.html`, { body, headers });
        await verify(job);
        await assert.rejects(engine.verifyHeaders(job), /"b.html" has other headers/);
      });
    }

    it('reports missing objects, and names only the first differences', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['1', '2', '3', '4', '5', '6', '7', 'index.html']));
      await store.putSite(job.destinationPrefix, { '2': page('2') });
      await assert.rejects(engine.verifyHeaders(job), /"1" is missing.*"2" has other headers.* and more/);
    });
  });

  it('throws the reason of an abort', async () => {
    const reason = new Error('cancelled');
    await assert.rejects(
      verifyCopy(
        { store: store.store, etags: memoryEtags() },
        { ...newJob(), manifest: memoryManifest([]) },
        { signal: AbortSignal.abort(reason) },
      ),
      (error) => error === reason,
    );
  });

  it('verifyEmpty reports objects under a prefix that should be empty', async () => {
    const { bucket, destinationPrefix } = await published();
    const deps = { store: store.store };
    await assert.rejects(
      verifyEmpty(deps, { bucket, prefix: destinationPrefix }, quietControl()),
      (error) => hasCode(error, 'verification_failed') && error.message.includes('"a.css" should not be there'),
    );
    await verifyEmpty(deps, { bucket, prefix: 'nowhere/' }, quietControl());
  });
});
