import assert from 'node:assert/strict';
import { copyBuild } from '../../src/copy-engine/copy-build.js';
import type { CopyJob } from '../../src/copy-engine/copy-job.js';
import { verifyCopy, verifyEmpty } from '../../src/copy-engine/verify.js';
import { hasCode } from '../../src/domain/errors.js';
import type { HeadObject, ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { copyJobs, newSite, quietControl } from '../support/copy-jobs.js';
import { describeForEachStore, type TestStore } from '../support/test-store.js';

const motoCannot = {
  log: ['is content with what copyBuild made, by listings alone'],
};

describeForEachStore('verifyCopy', motoCannot, (startTestStore) => {
  let store: TestStore;
  let newJob: (changes?: Partial<CopyJob>) => CopyJob;
  before(async () => {
    store = await startTestStore();
    newJob = copyJobs(store.bucket);
  });
  after(() => store.close());

  const published = async (): Promise<CopyJob> => {
    const job = newJob();
    await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.html', 'index.html']));
    await copyBuild({ store: store.store }, job, quietControl());
    return job;
  };
  const verify = (job: CopyJob, changed: Partial<ObjectStore> = {}): Promise<void> =>
    verifyCopy({ store: { ...store.store, ...changed } }, job, quietControl());
  const assertFails = async (job: CopyJob, ...named: readonly string[]): Promise<void> => {
    await assert.rejects(verify(job), (error) => {
      assert.ok(hasCode(error, 'verification_failed'));
      for (const words of [job.destinationPrefix, ...named])
        assert.ok(error.message.includes(words), error.message);
      return true;
    });
  };

  it('is content with what copyBuild made, by listings alone', async () => {
    const job = await published();
    const log = await store.record(() => verify(job));
    assert.deepEqual(
      log.map(({ operation }) => operation),
      ['ListObjectsV2', 'ListObjectsV2'],
    );
  });

  it('notices an object that is missing', async () => {
    const job = await published();
    await store.delete(`${job.destinationPrefix}b.html`);
    await assertFails(job, '"b.html" is missing');
  });

  it('notices an object that should not be there', async () => {
    const job = await published();
    await store.put(`${job.destinationPrefix}old.html`, { body: 'old' });
    await assertFails(job, '"old.html" should not be there');
  });

  it('notices another size and, of the same size, other content', async () => {
    const job = await published();
    const { body } = await store.read(`${job.sourcePrefix}b.html`);
    await store.put(`${job.destinationPrefix}a.css`, { body: '' });
    await store.put(`${job.destinationPrefix}b.html`, { body: body.replace('content', 'CONTENT') });
    await assertFails(job, '"a.css" has 0 bytes instead of', '"b.html" has other content');
  });

  it('names the first differences and says when there are more', async () => {
    const job = await published();
    await store.putSite(job.destinationPrefix, newSite(['z1', 'z2', 'z3', 'z4', 'z5', 'z6', 'z7']));
    await assertFails(job, '"z5" should not be there and more');
  });

  it('compares sizes only where the store encrypts so that ETags say nothing', async () => {
    const job = await published();
    const { body } = await store.read(`${job.sourcePrefix}b.html`);
    await store.put(`${job.destinationPrefix}b.html`, { body: body.replace('content', 'CONTENT') });
    const head = async (request: Parameters<ObjectStore['head']>[0]): Promise<HeadObject | null> => {
      const found = await store.store.head(request);
      return found && { ...found, isEtagDigest: false };
    };
    await verify(job, { head });
  });

  it('stops with the reason of an abort', async () => {
    const reason = new Error('cancelled');
    await assert.rejects(
      verifyCopy({ store: store.store }, newJob(), { signal: AbortSignal.abort(reason) }),
      (error) => error === reason,
    );
  });

  it('has a counterpart for a prefix that should be empty', async () => {
    const { bucket, destinationPrefix } = await published();
    const deps = { store: store.store };
    await assert.rejects(
      verifyEmpty(deps, { bucket, prefix: destinationPrefix }, quietControl()),
      (error) =>
        hasCode(error, 'verification_failed') && error.message.includes('"a.css" should not be there'),
    );
    await verifyEmpty(deps, { bucket, prefix: 'nowhere/' }, quietControl());
  });
});
