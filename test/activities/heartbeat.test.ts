import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import {
  giveWay,
  type HeartbeatOptions,
  lastHeartbeat,
  type Progress,
  withHeartbeat,
} from '../../src/activities/heartbeat.js';
import { type Checkpoint, isShortCursor } from '../../src/copy-engine/progress.js';
import { type CopyDelta, noCounts, nothingDone } from '../../src/domain/copy-counts.js';
import { noSpeed } from '../../src/domain/copy-speed.js';
import type { CopyHeartbeat, RebuildPlan } from '../../src/workflows/contract.js';
import { type ProtocolWorld, startProtocolWorld } from '../support/protocol.js';

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

  it('returns the last heartbeat of this plan', async () => {
    const told = { planId: 'the plan', checkpoint: { cursor: 'm' }, counts: noCounts };
    assert.deepEqual(await found(told), told);
  });

  it('returns undefined for a heartbeat of another plan, or none', async () => {
    assert.equal(await found({ planId: 'another plan', checkpoint: { cursor: 'm' } }), undefined);
    assert.equal(await found(undefined), undefined);
    assert.equal(await found(null), undefined);
  });
});

describe('giveWay', () => {
  let world: ProtocolWorld;
  let begun: RebuildPlan;

  before(async () => {
    world = await startProtocolWorld();
    const edition = await world.edition();
    await edition.declare(await edition.build());
    begun = await edition.begin();
    await edition.declare(await edition.build());
  });

  after(async () => {
    await world.close();
  });

  const give = (attempt: number, heartbeatDetails?: unknown, generation = 1): Promise<unknown> =>
    new MockActivityEnvironment(
      { attempt, heartbeatDetails },
      { logger: new DefaultLogger('ERROR', () => undefined) },
    ).run(() => giveWay(world.knex, Context.current(), { ...begun, generation }));

  it('ends an attempt without progress when a newer generation is declared', async () => {
    const nothing = { planId: begun.planId, checkpoint: null, counts: noCounts };
    await assert.rejects(give(2, nothing), { type: 'overtaken', nonRetryable: true });
    await assert.rejects(give(2), { type: 'overtaken', nonRetryable: true });
  });

  it('lets a first attempt, one after progress, and one without a newer generation run', async () => {
    await give(1);
    await give(3, { planId: begun.planId, checkpoint: null, counts: noCounts, progressed: true });
    await give(2, undefined, 2);
  });
});

describe('withHeartbeat', () => {
  let environment: MockActivityEnvironment;
  let beats: CopyHeartbeat[];

  beforeEach(() => {
    environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR', () => undefined) });
    beats = [];
    logged = [];
    counted = [];
    at = start;
    environment.on('heartbeat', (beat: CopyHeartbeat) => beats.push(beat));
  });

  const counts = { ...noCounts, objects_done: 5 };
  const still = { ...noSpeed, waiting_for: null };
  let at: Progress;
  let logged: Record<string, unknown>[];
  let counted: CopyDelta[];
  const run = async (work: () => Promise<string>, changes: Partial<HeartbeatOptions> = {}): Promise<unknown> =>
    environment.run(() => {
      const context = Context.current();
      const logger = {
        warn: () => undefined,
        info: (fields: Record<string, unknown>) => logged.push(fields),
      };
      const about = { edition: 'main' };
      const pressure = () => ({ waitsFor: null, progress: 0 });
      const metrics = { copied: (delta: CopyDelta) => counted.push(delta) };
      const options = { context, plan, logger, metrics, about, pressure, ...changes };
      return withHeartbeat(options, () => at, work);
    });

  it('returns the result of the work, and sends heartbeats before and after it', async () => {
    assert.equal(await run(() => Promise.resolve('done')), 'done');
    const beat = { planId: 'the plan', ...start, live: still };
    assert.deepEqual([beats[0], { ...beats[1], live: still }], [beat, beat]);
    assert.equal(beats.length, 2);
  });

  it('sends heartbeats below 2 KiB, whatever the key and the counts', async () => {
    const objects = { objects_total: 10 ** 9, objects_done: 10 ** 9, objects_unchanged: 10 ** 9 };
    const most = { ...objects, objects_removed: 10 ** 9, bytes_done: 10 ** 15, bytes_total: 10 ** 15 };
    // The longest keys of S3; those that grow most in JSON are limited in length.
    let escaped = '';
    while (isShortCursor(`${escaped}\u0001`)) escaped += '\u0001';
    for (const cursor of ['x'.repeat(1_024), 'é'.repeat(512), escaped]) {
      at = { checkpoint: { pass: 'redirects', cursor, counts: most } satisfies Checkpoint, counts: most };
      const longNamed = { ...plan, planId: randomUUID() };
      await run(() => Promise.resolve('done'), {
        plan: longNamed,
        pressure: () => ({ waitsFor: 'throttled', progress: 0 }),
      });
      const told = defaultPayloadConverter.toPayload(beats.at(-1)).data ?? new Uint8Array();
      assert.ok(told.byteLength > 1_024 && told.byteLength < 2_048, String(told.byteLength));
    }
  });

  it('counts the work of this attempt, without that of earlier ones', async () => {
    at = { checkpoint: null, counts: { ...noCounts, objects_done: 3, bytes_done: 30 } };
    await run(() => {
      at = {
        checkpoint: null,
        counts: { ...noCounts, objects_done: 5, objects_unchanged: 1, bytes_done: 40 },
      };
      return Promise.resolve('done');
    });
    assert.deepEqual(counted, [nothingDone, { copied: 1, unchanged: 1, removed: 0, bytes: 10 }]);
  });

  it('reports progress for copied objects, and none for unchanged ones', async () => {
    at = { checkpoint: null, counts: { ...noCounts, objects_done: 3 } };
    await run(() => {
      at = { checkpoint: null, counts: { ...noCounts, objects_done: 5, objects_unchanged: 2 } };
      return Promise.resolve('done');
    });
    assert.equal(beats.at(-1)?.progressed, undefined);
    await run(() => {
      at = { checkpoint: null, counts: { ...noCounts, objects_done: 6, objects_unchanged: 2 } };
      return Promise.resolve('done');
    });
    assert.equal(beats.at(-1)?.progressed, true);
  });

  it('reports the position of the work also when it fails', async () => {
    const failed = run(() => {
      at = { checkpoint: { cursor: 'm' }, counts };
      return Promise.reject(new Error('shut down'));
    });
    await assert.rejects(failed, /shut down/);
    assert.deepEqual([beats.at(-1)?.checkpoint, beats.at(-1)?.counts], [{ cursor: 'm' }, counts]);
  });

  it('sends heartbeats while the work waits, with position, speed and the reason to wait', async () => {
    await run(
      async () => {
        at = { checkpoint: { cursor: 'm' }, counts };
        const [beat] = (await once(environment, 'heartbeat')) as [CopyHeartbeat];
        assert.deepEqual([beat.checkpoint, beat.counts], [{ cursor: 'm' }, counts]);
        assert.ok(beat.live.objects_per_second > 0);
        assert.equal(beat.live.waiting_for, 'throttled');
        return 'done';
      },
      { pressure: () => ({ waitsFor: 'throttled', progress: 0 }) },
    );
  });

  it('logs the position now and then', async () => {
    await run(async () => {
      at = { checkpoint: null, counts };
      while (logged.length === 0) await once(environment, 'heartbeat');
      return 'done';
    });
    assert.deepEqual([logged[0]?.['edition'], logged[0]?.['objects_done']], ['main', 5]);
  }).timeout(60_000);
});
