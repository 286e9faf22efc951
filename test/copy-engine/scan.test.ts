import assert from 'node:assert/strict';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { copyJobs, newSite } from '../support/copy-jobs.js';
import { eventually } from '../support/eventually.js';
import { testEngine } from '../support/test-engine.js';
import { describeForEachClient } from '../support/test-store.js';

describeForEachClient('scanBuild', (startTestStore) => {
  it('lists the edition in several parts at a time, also before the new manifest is recorded', async () => {
    const store = await startTestStore();
    try {
      const engine = testEngine(store.store);
      const job = copyJobs(store.bucket)();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css', 'c.css', 'd.css', 'e.html']));
      await engine.update(job);
      const published = { ...(await engine.record(job)), boundaries: ['b.css', 'd.css', 'e.html'] };
      let goOn = (): void => undefined;
      const going = new Promise<void>((resolve) => (goOn = resolve));
      let asked = 0;
      const slow: ObjectStore = {
        ...store.store,
        listPage: async (request) => {
          if (request.prefix === job.destinationPrefix) {
            asked += 1;
            await going;
          }
          return store.store.listPage(request);
        },
      };
      const known = { hasTarget: false, others: [published], isPublished: true };
      const copied = engine.copy(job, {}, { build: engine.forget(job), known, store: slow });
      await eventually('three parts to be asked for', () => Promise.resolve(asked === 3));
      goOn();
      assert.equal((await copied).objects_unchanged, 5);
      assert.equal(asked, 3);
    } finally {
      await store.close();
    }
  });
});
