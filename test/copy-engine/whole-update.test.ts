import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editionHeaders } from '../../src/domain/edition-headers.js';
import { copyJobs, type TestJob } from '../support/copy-jobs.js';
import { randomSites } from '../support/random-sites.js';
import { type TestEngine, testEngine } from '../support/test-engine.js';
import { describeForEachClient, type TestStore } from '../support/test-store.js';

describeForEachClient('a whole update of an edition', (startTestStore, kind) => {
  let store: TestStore;
  let engine: TestEngine;
  before(async () => {
    store = await startTestStore();
    engine = testEngine(store.store);
  });
  after(() => store.close());

  const update = async (job: TestJob): Promise<void> => {
    await engine.update(job);
    await engine.verifyHeaders(job);
  };

  it('publishes exactly the build over any earlier state, and only lists in a second run', async () => {
    const newJob = copyJobs(store.bucket);
    await fc.assert(
      fc.asyncProperty(randomSites, randomSites, async (before, after) => {
        const first = newJob({ concurrency: 4 });
        const second = { ...first, sourcePrefix: first.sourcePrefix.replace('/1/', '/2/') };
        await store.putSite(first.sourcePrefix, before);
        await store.putSite(second.sourcePrefix, after);
        await update(first);
        await update(second);
        const build = Object.entries(await store.readSite(second.sourcePrefix)).map(
          ([key, { body, headers }]) => [key, { body, headers: editionHeaders(headers, second) }] as const,
        );
        assert.deepEqual(await store.readSite(second.destinationPrefix), Object.fromEntries(build));
        const log = await store.record(() => engine.update(second));
        const others = log.filter(({ operation }) => operation !== 'ListObjectsV2');
        assert.deepEqual(others, []);
      }),
      { numRuns: kind === 'lean' ? 1_000 : 50, seed: 20_261_125 },
    );
    // Sends hundreds of thousands of requests, which takes minutes on a slow machine.
  }).timeout(900_000);
});
