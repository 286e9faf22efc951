import assert from 'node:assert/strict';
import { copyBuild } from '../../src/copy-engine/copy-build.js';
import { CopyProgress } from '../../src/copy-engine/progress.js';
import { createS3ObjectStore } from '../../src/integrations/object-store/s3-object-store.js';
import { createStoreFlows, type StoreFlows, withFlow } from '../../src/integrations/object-store/store-flows.js';
import { copyJobs, newSite, quietControl, type TestJob } from '../support/copy-jobs.js';
import { eventually } from '../support/eventually.js';
import { memoryEtags } from '../support/memory-etags.js';
import { recordingSource } from '../support/test-engine.js';
import { startTestStore, type TestStore } from '../support/test-store.js';

/** Objects of the large build; its job requests all of them at once. */
const large = 300;

describe('two copies in one worker', () => {
  let store: TestStore;
  let flows: StoreFlows;
  let newJob: (changes?: Partial<TestJob>) => TestJob;
  before(async () => {
    store = await startTestStore();
    newJob = copyJobs(store.bucket);
    const { client, requests } = store;
    flows = createStoreFlows({
      maxConcurrency: 4,
      connect: (admission) => createS3ObjectStore({ client, requests, admission }),
    });
  });
  after(() => store.close());

  const copy = (job: TestJob, progress: CopyProgress) =>
    withFlow(flows, { name: job.destinationPrefix }, (flow) =>
      copyBuild(
        { store: flow.store, etags: memoryEtags() },
        { ...job, known: null, build: recordingSource(flow.store, job) },
        { ...quietControl(), progress },
      ),
    );

  it('completes a small copy without waiting for a large one that began earlier', async () => {
    const [first, second] = [newJob({ concurrency: large }), newJob()];
    const names = Array.from({ length: large }, (_, at) => `${at}.css`);
    await store.putSite(first.sourcePrefix, newSite(names));
    await store.putSite(second.sourcePrefix, newSite(['a.css', 'b.html', 'index.html']));
    const progress = new CopyProgress();
    const copying = copy(first, progress);
    await eventually('the large copy to be under way', () => Promise.resolve(progress.counts.objects_done > 10));
    const { counts } = await copy(second, new CopyProgress());
    assert.equal(counts.objects_done, 3);
    assert.ok(
      progress.counts.objects_done < large / 2,
      `the large copy had done ${progress.counts.objects_done} objects`,
    );
    assert.equal((await copying).counts.objects_done, large);
  });
});
