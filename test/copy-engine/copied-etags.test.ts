import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { EtagRecorder } from '../../src/copy-engine/copied-etags.js';
import { copyBuild } from '../../src/copy-engine/copy-build.js';
import type { CopiedEtag } from '../../src/domain/copy-decision.js';
import type { ObjectStore } from '../../src/integrations/object-store/object-store.js';
import { copyJobs, newSite, quietControl } from '../support/copy-jobs.js';
import { memoryEtags } from '../support/memory-etags.js';
import { knownSource, testEngine } from '../support/test-engine.js';
import { startTestStore } from '../support/test-store.js';

const maxBatch = 500;

const copied = (at: number): CopiedEtag => ({ key: String(at), sourceEtag: 'ours', etag: 'theirs' });

describe('EtagRecorder', () => {
  it('writes at the next flush what an earlier flush failed to write', async () => {
    const etags = memoryEtags();
    let isDown = true;
    const recorder = new EtagRecorder({
      ...etags,
      remember: (batch) => (isDown ? Promise.reject(new Error('down')) : etags.remember(batch)),
    });
    await recorder.note(copied(1));
    await assert.rejects(recorder.flush(), /down/);
    isDown = false;
    await recorder.note(copied(2));
    await recorder.flush();
    assert.deepEqual([...etags.all.keys()], ['1', '2']);
  });

  it('writes one batch of ETags at a time, so that the number of waiting ETags is bounded', async () => {
    const ends: (() => void)[] = [];
    const sizes: number[] = [];
    const recorder = new EtagRecorder({
      ...memoryEtags(),
      remember: async (batch) => {
        sizes.push(batch.length);
        await new Promise<void>((resolve) => ends.push(resolve));
      },
    });
    const noted = Array.from({ length: 2 * maxBatch }, (_, at) => recorder.note(copied(at)));
    for (const begun of [1, 2]) {
      await setImmediate();
      assert.deepEqual(
        sizes,
        Array.from({ length: begun }, () => maxBatch),
      );
      ends.shift()?.();
    }
    await Promise.all(noted);
  });
});

describe('copyBuild with a store that changes every ETag', () => {
  it('writes ETags in bounded batches while copies are under way', async () => {
    const store = await startTestStore();
    const job = copyJobs(store.bucket)({ concurrency: 2_000 });
    const keys = Array.from({ length: 700 }, (_, at) => `${String(at).padStart(4, '0')}.css`);
    await store.putSite(job.sourcePrefix, newSite(keys));
    const build = knownSource(await testEngine(store.store).record(job));
    const etags = memoryEtags();
    const sizes: number[] = [];
    let wrote: () => void;
    const firstBatch = new Promise<void>((resolve) => {
      wrote = resolve;
    });
    const seal = (etag: string): string => `sealed-${etag}`;
    const sealing: ObjectStore = {
      ...store.store,
      copy: async (request) => {
        const { etag } = await store.store.copy(request);
        // The store answers the last copy only after a batch was written.
        if (request.sourceKey.endsWith(keys.at(-1) ?? '')) await firstBatch;
        return { etag: seal(etag) };
      },
      listPage: async (request) => {
        const page = await store.store.listPage(request);
        if (request.prefix !== job.destinationPrefix) return page;
        return { ...page, objects: page.objects.map((object) => ({ ...object, etag: seal(object.etag) })) };
      },
    };
    const remember = async (batch: readonly CopiedEtag[]): Promise<void> => {
      sizes.push(batch.length);
      await etags.remember(batch);
      wrote();
    };
    await copyBuild({ store: sealing, etags: { ...etags, remember } }, { ...job, known: null, build }, quietControl());
    assert.deepEqual([...etags.all.keys()].sort(), keys);
    assert.ok(Math.max(...sizes) <= maxBatch, sizes.join(', '));
    await store.close();
  });
});
