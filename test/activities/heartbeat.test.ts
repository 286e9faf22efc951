import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Context } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { lastHeartbeat, withHeartbeat } from '../../src/activities/heartbeat.js';
import { noCounts } from '../../src/domain/copy-counts.js';
import type { CopyHeartbeat, RebuildPlan } from '../../src/workflows/contract.js';

const plan: RebuildPlan = {
  planId: 'the plan',
  editionId: 1,
  productId: 1,
  generation: 1,
  restore: false,
  target: null,
  bucket: 'bucket',
  productSlug: 'product',
  editionSlug: 'edition',
  surrogateKey: 'key',
};

const start = { checkpoint: null, counts: noCounts };

describe('lastHeartbeat', () => {
  const found = async (details: unknown): Promise<unknown> =>
    new MockActivityEnvironment({ heartbeatDetails: details }).run(() =>
      Promise.resolve(lastHeartbeat(Context.current(), plan)),
    );

  it('is what the last attempt of this plan had told', async () => {
    const told = { planId: 'the plan', checkpoint: { cursor: 'm' }, counts: noCounts };
    assert.deepEqual(await found(told), told);
  });

  it('is nothing where another plan told it, or nobody', async () => {
    assert.equal(await found({ planId: 'another plan', checkpoint: { cursor: 'm' } }), undefined);
    assert.equal(await found(undefined), undefined);
    assert.equal(await found(null), undefined);
  });
});

describe('withHeartbeat', () => {
  let environment: MockActivityEnvironment;
  let beats: CopyHeartbeat[];

  beforeEach(() => {
    environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR', () => undefined) });
    beats = [];
    environment.on('heartbeat', (beat: CopyHeartbeat) => beats.push(beat));
  });

  const run = async (work: Parameters<typeof withHeartbeat<string>>[3]): Promise<unknown> =>
    environment.run(() => withHeartbeat(Context.current(), plan, start, work));
  const counts = { ...noCounts, objects_done: 5 };

  it('answers what the work answers, and beats before it and after it', async () => {
    assert.equal(await run(() => Promise.resolve('done')), 'done');
    assert.deepEqual(beats, [
      { planId: 'the plan', ...start },
      { planId: 'the plan', ...start },
    ]);
  });

  it('hands over the last that was told, when the work fails too', async () => {
    const failed = run((tell) => {
      tell({ cursor: 'a' }, noCounts);
      tell({ cursor: 'm' }, counts);
      return Promise.reject(new Error('shut down'));
    });
    await assert.rejects(failed, /shut down/);
    assert.deepEqual(beats.at(-1), { planId: 'the plan', checkpoint: { cursor: 'm' }, counts });
  });

  it('beats while the work only waits, with the latest that it told', async () => {
    await run(async (tell) => {
      tell({ cursor: 'm' }, counts);
      const [beat] = (await once(environment, 'heartbeat')) as [CopyHeartbeat];
      assert.deepEqual(beat, { planId: 'the plan', checkpoint: { cursor: 'm' }, counts });
      return 'done';
    });
  });

  it('does not change what it has told already', async () => {
    await run((tell) => {
      tell({ cursor: 'm' }, counts);
      return Promise.resolve('done');
    });
    assert.deepEqual(beats[0], { planId: 'the plan', ...start });
  });
});
