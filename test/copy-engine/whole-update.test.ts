import assert from 'node:assert/strict';
import fc from 'fast-check';
import { copyBuild } from '../../src/copy-engine/copy-build.js';
import type { CopyJob } from '../../src/copy-engine/copy-job.js';
import { removeStale } from '../../src/copy-engine/remove-stale.js';
import { verifyCopy } from '../../src/copy-engine/verify.js';
import { editionHeaders } from '../../src/domain/edition-headers.js';
import { copyJobs, quietControl } from '../support/copy-jobs.js';
import { randomSites } from '../support/random-sites.js';
import { startTestStore, type TestStore } from '../support/test-store.js';

describe('an update of an edition', () => {
  let store: TestStore;
  before(async () => {
    store = await startTestStore();
  });
  after(() => store.close());

  const update = async (job: CopyJob): Promise<void> => {
    const deps = { store: store.store };
    await copyBuild(deps, job, quietControl());
    await removeStale(deps, job, quietControl());
    await verifyCopy(deps, job, quietControl());
  };

  it('ends with exactly the build, whatever was there before, and has nothing to do the second time', async () => {
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
        const log = await store.record(() => update(second));
        const changes = log.filter(({ method }) => method !== 'GET' && method !== 'HEAD');
        assert.deepEqual(changes, []);
      }),
      { numRuns: 1_000, seed: 20_261_125 },
    );
    // Hundreds of thousands of requests: a slow machine may take minutes.
  }).timeout(900_000);
});
