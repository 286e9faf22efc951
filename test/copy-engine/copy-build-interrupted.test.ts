import assert from 'node:assert/strict';
import type { CopyControl } from '../../src/copy-engine/copy-job.js';
import type { Checkpoint } from '../../src/copy-engine/progress.js';
import { CopyProgress } from '../../src/copy-engine/progress.js';
import type { CopyCounts } from '../../src/domain/copy-counts.js';
import { copyPasses } from '../../src/domain/copy-passes.js';
import { compareKeys } from '../../src/domain/object-keys.js';
import { hasCode, LtdError } from '../../src/domain/errors.js';
import { copyJobs, newSite, type TestJob } from '../support/copy-jobs.js';
import { eventually } from '../support/eventually.js';
import { type TestEngine, testEngine } from '../support/test-engine.js';
import { describeForEachClient, type TestStore } from '../support/test-store.js';

describeForEachClient('an interrupted copyBuild', (startTestStore) => {
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

  const copy = (job: TestJob, control: Partial<CopyControl> = {}): Promise<CopyCounts> => engine.copy(job, control);
  /** As a second attempt at the same plan does. */
  const resume = (job: TestJob, checkpoint: Checkpoint | undefined): Promise<CopyCounts> =>
    engine.copy(
      job,
      { progress: new CopyProgress(checkpoint) },
      { known: { hasTarget: true, others: [], isPublished: false } },
    );
  const inFlight = (): number => store.server.faults.stats().inFlight;
  const written = (): number => store.server.faults.stats().byOperation['CopyObject']?.total ?? 0;

  describe('its signal', () => {
    it('sends no request when its signal was aborted before it starts', async () => {
      const job = newJob();
      const reason = new Error('superseded');
      await store.putSite(job.sourcePrefix, newSite(['index.html']));
      await engine.record(job);
      const log = await store.record(() =>
        assert.rejects(copy(job, { signal: AbortSignal.abort(reason) }), (error) => error === reason),
      );
      assert.deepEqual(log, []);
    });

    it('sends no new request after an abort, waits for those in flight and throws the reason', async () => {
      const job = newJob({ concurrency: 8 });
      await store.putSite(job.sourcePrefix, newSite(Array.from({ length: 40 }, (_, at) => `${at}.css`)));
      store.server.faults.resetStats();
      const hold = store.server.faults.addRule({
        match: { operation: 'CopyObject' },
        action: { kind: 'hold' },
      });
      const controller = new AbortController();
      const reason = new Error('superseded');
      let isSettled = false;
      const ended = assert
        .rejects(copy(job, { signal: controller.signal }), (error) => error === reason)
        .finally(() => {
          isSettled = true;
        });
      await eventually('eight copies to be on their way', () => Promise.resolve(written() === 8));
      controller.abort(reason);
      // A request and its answer take longer than a copy that does not wait for its requests.
      await store.store.checkBucket({ bucket: store.bucket });
      assert.equal(isSettled, false);
      store.server.faults.removeRule(hold.id);
      await ended;
      assert.equal(inFlight(), 0);
      assert.equal(written(), 8);
    });

    it('throws the reason of the abort even when a request in flight fails', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css']));
      const controller = new AbortController();
      const reason = new Error('superseded');
      const broken = {
        ...store.store,
        copy: () => {
          controller.abort(reason);
          return Promise.reject(new LtdError('store_unavailable', 'because of the abort'));
        },
      };
      await assert.rejects(
        engine.copy(job, { signal: controller.signal }, { store: broken }),
        (error) => error === reason,
      );
    });
  });

  describe('its fence', () => {
    it('checks the fence before each write, and writes nothing more once the fence throws', async () => {
      const job = newJob({ concurrency: 1 });
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css', 'c.css', 'd.html', 'index.html']));
      let asked = 0;
      const fence = new LtdError('plan_void', 'another writer has the lease');
      const mayWrite = (): void => {
        asked += 1;
        if (asked > 2) throw fence;
      };
      const log = await store.record(() => assert.rejects(copy(job, { mayWrite }), (error) => error === fence));
      const copied = log.filter(({ operation }) => operation === 'CopyObject').map(({ key }) => key);
      assert.deepEqual(copied, [`${job.destinationPrefix}a.css`, `${job.destinationPrefix}b.css`]);
    });

    it('checks the fence again before each repeated attempt', async () => {
      const job = newJob({ directoryRedirects: false });
      await store.putSite(job.sourcePrefix, newSite(['a.css']));
      store.server.faults.addRule({
        match: { operation: 'CopyObject' },
        action: { kind: 'error', status: 503, code: 'SlowDown' },
        times: 2,
      });
      let asked = 0;
      await copy(job, { mayWrite: () => (asked += 1) });
      assert.equal(asked, 3);
    });

    it('writes no directory redirect once the fence throws', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['index.html']));
      await copy({ ...job, directoryRedirects: false });
      const fence = new LtdError('plan_void', 'another writer has the lease');
      await assert.rejects(
        copy(job, {
          mayWrite: () => {
            throw fence;
          },
        }),
        (error) => error === fence,
      );
      await assert.rejects(store.read(job.destinationPrefix.slice(0, -1)), { name: 'NotFound' });
    });
  });

  describe('failures of the store', () => {
    for (const [what, action] of Object.entries({
      '503 SlowDown': { kind: 'error', status: 503, code: 'SlowDown' },
      '500 with an unknown code': { kind: 'error', status: 500, code: 'Strange' },
      'a reset before the store did the work': { kind: 'reset', when: 'before-work' },
      'a reset after the store did the work': { kind: 'reset', when: 'after-work' },
      'a reset within the answer': { kind: 'reset', when: 'mid-body' },
      '200 with an error in its body': { kind: 'errorIn200', code: 'InternalError' },
    } as const)) {
      it(`copies the whole build when two copies fail with ${what}`, async () => {
        const job = newJob();
        await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css', 'c.html', 'index.html']));
        store.server.faults.addRule({ match: { operation: 'CopyObject' }, action, times: 2 });
        await copy(job);
        await engine.verify(job);
      });
    }

    it('throws the first permanent failure and leaves no request in flight', async () => {
      const job = newJob({ concurrency: 8 });
      await store.putSite(job.sourcePrefix, newSite(Array.from({ length: 100 }, (_, at) => `${at}.css`)));
      store.server.faults.resetStats();
      store.server.faults.addRule({
        match: { operation: 'CopyObject', keyPattern: '/5.css$' },
        action: { kind: 'error', status: 403, code: 'AccessDenied' },
      });
      await assert.rejects(
        copy(job),
        (error) => hasCode(error, 'store_access_denied') && error.message.includes('5.css'),
      );
      assert.equal(inFlight(), 0);
      assert.ok(written() < 100);
    });

    it('fails when the store answers each copy with 200 and an error in its body', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css']));
      store.server.faults.addRule({ match: { operation: 'CopyObject' }, action: { kind: 'errorIn200' } });
      await assert.rejects(copy(job), (error) => hasCode(error, 'store_unavailable'));
    });

    it('rejects a listing that repeats a page', async () => {
      // A listing that looks for the redirect may come at any time.
      const job = newJob({ directoryRedirects: false });
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.css', 'c.css']));
      const match = { operation: 'ListObjectsV2' } as const;
      await copy(job);
      store.server.faults.addRule({ match, action: { kind: 'truncateList', keys: 2 }, times: 1 });
      store.server.faults.addRule({ match, action: { kind: 'repeatPage' }, after: 1 });
      await assert.rejects(
        copy(job),
        (error) => hasCode(error, 'store_unavailable') && error.message.includes('is not in order'),
      );
    });

    it('copies the whole build when listings have one key a page', async () => {
      const job = newJob();
      await store.putSite(job.sourcePrefix, newSite(['a.css', 'b.html', 'c/d.css', 'index.html']));
      store.server.faults.addRule({
        match: { operation: 'ListObjectsV2' },
        action: { kind: 'truncateList', keys: 1 },
      });
      assert.equal((await copy(job)).objects_done, 4);
      await engine.verify(job);
    });
  });

  describe('resumption from a checkpoint', () => {
    const objects = 2_501;
    const keys = Array.from({ length: objects - 1 }, (_, at) => (at % 3 === 0 ? `${at}.html` : `a/${at}.png`));
    const nameOf = (key: string): string => key.replace(/^.*?\/(builds\/1|v\/v1)\//, '');

    it('repeats at most a page of keys after a crash, and publishes the whole build', async () => {
      const job = newJob({ concurrency: 64 });
      await store.putSite(job.sourcePrefix, newSite([...keys, 'index.html']));
      const progress = new CopyProgress();
      let copies = 0;
      const controller = new AbortController();
      const crash = new Error('kill -9');
      await assert.rejects(
        copy(job, {
          signal: controller.signal,
          mayWrite: () => {
            copies += 1;
            if (copies === 1_200) controller.abort(crash);
          },
          progress,
        }),
        (error) => error === crash,
      );
      const checkpoint = structuredClone(progress.checkpoint);
      const cursor = checkpoint.cursor ?? assert.fail('no cursor');
      const log = await store.record(async () => {
        const counts = await resume(job, checkpoint);
        assert.equal(counts.objects_total, objects);
        assert.equal(counts.objects_done, objects);
        assert.ok(counts.objects_unchanged <= 64, `${counts.objects_unchanged} objects were unchanged`);
      });
      const assets = log.filter(({ operation, key = '' }) => operation === 'CopyObject' && key.endsWith('.png'));
      for (const { key = '' } of assets) assert.ok(compareKeys(nameOf(key), cursor) > 0, key);
      const recopied = log.filter(({ operation }) => operation === 'CopyObject').length;
      assert.ok(recopied <= objects - 1_200 + 64, `${recopied} copies`);
      await engine.verify(job);
    });

    it('counts every object once from whichever checkpoint it resumes', async () => {
      const job = newJob({ concurrency: 4 });
      await store.putSite(job.sourcePrefix, {
        ...newSite(['1.css', '2.css', '3.html', '4.html', 'index.html', 'z.css']),
        '5': { body: '', headers: { metadata: { 'dir-redirect': 'true' } } },
      });
      const seen = new Map<string, Checkpoint>();
      const progress = new CopyProgress();
      const look = (): void => {
        const { checkpoint } = progress;
        seen.set(`${checkpoint.pass} ${checkpoint.cursor ?? ''}`, structuredClone(checkpoint));
      };
      const whole = await copy(job, { progress, mayWrite: look });
      look();
      assert.deepEqual(new Set([...seen.values()].map(({ pass }) => pass)), new Set(copyPasses));
      for (const [name, checkpoint] of seen) {
        const resumed = await resume(job, checkpoint);
        assert.equal(resumed.objects_total, whole.objects_total, name);
        assert.equal(resumed.objects_done, whole.objects_done, name);
        const { counts } = checkpoint;
        assert.equal(resumed.bytes_done, counts.bytes_done, name);
        assert.equal(resumed.objects_unchanged, whole.objects_done - counts.objects_done, name);
      }
    });
  });
});
