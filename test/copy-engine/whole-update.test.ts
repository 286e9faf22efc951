import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editionHeaders } from '../../src/domain/edition-headers.js';
import { copyJobs, oddKeys, type TestJob } from '../support/copy-jobs.js';
import { type TestEngine, testEngine } from '../support/test-engine.js';
import { describeForEachClient, type Site, type TestObject, type TestStore } from '../support/test-store.js';

const keys = fc.oneof(
  fc.constantFrom(...oddKeys, 'index.html', 'a.html', 'b/index.html', 'style.css'),
  fc.string({
    unit: fc.constantFrom('a', '/', '.', ' ', '+', '%', '"', 'é', '\uffee', '\u{1f600}'),
    minLength: 1,
    maxLength: 6,
  }),
);

// Few values of each, so that two sites often share an object, or all of it but one header.
const objects: fc.Arbitrary<TestObject> = fc.record({
  body: fc.constantFrom('', 'one', 'two', 'three'),
  headers: fc.record({
    system: fc.record(
      {
        'content-type': fc.constantFrom('text/html', 'text/css'),
        'content-encoding': fc.constant('gzip'),
        'content-language': fc.constant('de'),
      },
      { requiredKeys: [] },
    ),
    metadata: fc.dictionary(fc.constantFrom('surrogate-key', 'mtime'), fc.constantFrom('1', '2'), {
      maxKeys: 2,
    }),
  }),
});

const sites: fc.Arbitrary<Site> = fc
  .uniqueArray(fc.tuple(keys, objects), { selector: ([key]) => key, minLength: 1, maxLength: 10 })
  .map((entries) => Object.fromEntries(entries));

describeForEachClient('an update of an edition', (startTestStore, kind) => {
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

  it('ends with exactly the build, whatever was there before, and has nothing to do the second time', async () => {
    const newJob = copyJobs(store.bucket);
    await fc.assert(
      fc.asyncProperty(sites, sites, async (before, after) => {
        const first = newJob({ concurrency: 4 });
        const second = { ...first, sourcePrefix: first.sourcePrefix.replace('/1/', '/2/') };
        await store.putSite(first.sourcePrefix, before);
        await store.putSite(second.sourcePrefix, after);
        for (const job of [first, second, first]) {
          await update(job);
          const build = Object.entries(await store.readSite(job.sourcePrefix)).map(
            ([key, { body, headers }]) => [key, { body, headers: editionHeaders(headers, job) }] as const,
          );
          assert.deepEqual(await store.readSite(job.destinationPrefix), Object.fromEntries(build));
          const log = await store.record(() => engine.update(job));
          assert.deepEqual(
            log.filter(({ operation }) => operation !== 'ListObjectsV2'),
            [],
          );
        }
      }),
      { numRuns: kind === 'lean' ? 60 : 20, seed: 20_261_125 },
    );
    // Thousands of requests: a slow machine may take minutes.
  }).timeout(600_000);
});
