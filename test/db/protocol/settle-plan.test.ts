import assert from 'node:assert/strict';
import { unfinishedTaskOfEdition } from '../../../src/db/protocol/open-task.js';
import { cancelCurrent, failRestore, settlePlan } from '../../../src/db/protocol/settle.js';
import { noCounts } from '../../../src/domain/copy-counts.js';
import type { RebuildPlan } from '../../../src/workflows/contract.js';
import { type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';

describe('plans that end without a publication', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    edition = await world.edition();
  });

  after(async () => {
    await world.close();
  });

  const fail = (plan: RebuildPlan): Promise<boolean> =>
    world.run((trx) => settlePlan(trx, plan, { outcome: 'failed', error: 'it would not go' }));
  const cancel = (plan: RebuildPlan): Promise<boolean> =>
    world.run((trx) => settlePlan(trx, plan, { outcome: 'cancelled' }));
  /** Declares a build and fails it; returns the build. */
  const failed = async (): Promise<number> => {
    const build = await edition.build();
    await edition.declare(build);
    assert.equal(await fail(await edition.begin()), true);
    return build;
  };

  describe('settlePlan', () => {
    it('ends the generation as failed, with the reason and the counts so far', async () => {
      await edition.declare(await edition.build());
      const plan = await edition.begin();
      const counts = { ...noCounts, objects_done: 3 };
      const end = { outcome: 'failed', error: 'no such bucket', counts } as const;
      assert.equal(await world.run((trx) => settlePlan(trx, plan, end)), true);
      const [rebuild] = await edition.rebuilds();
      assert.deepEqual([rebuild?.outcome, rebuild?.error, rebuild?.counts], ['failed', 'no such bucket', counts]);
      assert.equal((await edition.row()).pending_rebuild, false);
    });

    it('ends the generation as cancelled, without a reason', async () => {
      await edition.declare(await edition.build());
      assert.equal(await cancel(await edition.begin()), true);
      const [rebuild] = await edition.rebuilds();
      assert.deepEqual([rebuild?.outcome, rebuild?.error, rebuild?.counts], ['cancelled', null, null]);
    });

    it('keeps the published build, which is restored later', async () => {
      const published = await edition.publish();
      await failed();
      const plan = await edition.begin();
      assert.deepEqual([plan.restore, plan.target?.id], [true, published]);
    });

    it('changes nothing for a plan that another one has replaced', async () => {
      await edition.declare(await edition.build());
      const plan = await edition.begin();
      const next = await edition.begin();
      assert.equal(await fail(plan), false);
      assert.deepEqual(await edition.outcomes(), [null]);
      assert.equal((await edition.row()).plan_id, next.planId);
    });

    it('changes nothing when the plan is settled a second time', async () => {
      await edition.declare(await edition.build());
      const plan = await edition.begin();
      await fail(plan);
      assert.equal(await cancel(plan), false);
      assert.deepEqual(await edition.outcomes(), ['failed']);
    });

    it('settles nothing for a restore, whose generation has its outcome', async () => {
      await failed();
      const restore = await edition.begin();
      assert.equal(await cancel(restore), false);
      assert.deepEqual(await edition.outcomes(), ['failed']);
    });

    it('keeps a newer generation pending', async () => {
      await edition.declare(await edition.build());
      const plan = await edition.begin();
      await edition.declare(await edition.build());
      assert.equal(await fail(plan), true);
      assert.deepEqual(await edition.outcomes(), ['failed', null]);
      assert.equal((await edition.row()).pending_rebuild, true);
    });
  });

  describe('the fallback after a failure', () => {
    it('declares the newest build that the failed one superseded, and notes the reason in the history', async () => {
      await edition.declare(await edition.build());
      const newer = await edition.build();
      await edition.declare(newer);
      await failed();
      const row = await edition.row();
      assert.deepEqual(
        [row.build_id, row.tracked_build_id, row.generation, row.pending_rebuild],
        [newer, newer, 4, true],
      );
      assert.equal((await edition.rebuilds()).at(-1)?.requested_by, 'fallback from generation 3');
      assert.equal((await edition.begin()).target?.id, newer);
      assert.notEqual(await unfinishedTaskOfEdition(world.knex, row.id), undefined);
    });

    it('falls back to an older build when that fails as well, and never to a build that failed', async () => {
      const oldest = await edition.build();
      await edition.declare(oldest);
      await edition.declare(await edition.build());
      await failed();
      assert.equal(await fail(await edition.begin()), true);
      assert.equal((await edition.row()).build_id, oldest);
      assert.equal(await fail(await edition.begin()), true);
      const row = await edition.row();
      assert.deepEqual([row.pending_rebuild, row.generation], [false, 5]);
      assert.deepEqual(await edition.outcomes(), ['superseded', 'superseded', 'failed', 'failed', 'failed']);
    });

    it('skips a build that failed under another generation', async () => {
      const good = await edition.build();
      const bad = await failed();
      await edition.declare(good);
      await edition.declare(bad);
      await failed();
      assert.equal((await edition.row()).build_id, good);
    });

    it('skips builds that are deprecated or not uploaded', async () => {
      const good = await edition.build();
      await edition.declare(good);
      await edition.declare(await edition.build({ uploaded: false }));
      await edition.declare(await edition.build({ date_ended: new Date() }));
      await failed();
      assert.equal((await edition.row()).build_id, good);
    });

    it('declares nothing when nothing was superseded', async () => {
      await edition.publish();
      const build = await failed();
      const row = await edition.row();
      assert.deepEqual([row.pending_rebuild, row.build_id], [false, build]);
    });

    it('declares no build from before the last publication', async () => {
      await edition.declare(await edition.build());
      await edition.publish();
      await failed();
      assert.equal((await edition.row()).pending_rebuild, false);
      assert.deepEqual(await edition.outcomes(), ['superseded', 'published', 'failed']);
    });

    it('declares no build whose generation a user cancelled', async () => {
      for (const outcome of ['cancelled', 'reset'] as const) {
        edition = await world.edition();
        await edition.declare(await edition.build());
        await edition.declare(await edition.build());
        await edition.settle(outcome);
        await failed();
        assert.deepEqual(await edition.outcomes(), ['superseded', outcome, 'failed']);
      }
    });

    it('declares nothing when a newer generation is pending', async () => {
      await edition.declare(await edition.build());
      await edition.declare(await edition.build());
      const plan = await edition.begin();
      await edition.declare(await edition.build());
      await fail(plan);
      assert.deepEqual(await edition.outcomes(), ['superseded', 'failed', null]);
    });

    it('declares nothing after a cancellation', async () => {
      await edition.declare(await edition.build());
      await edition.declare(await edition.build());
      await cancel(await edition.begin());
      assert.deepEqual(await edition.outcomes(), ['superseded', 'cancelled']);
    });

    it('declares nothing for a deprecated edition', async () => {
      await edition.declare(await edition.build());
      await edition.change({ date_ended: new Date() });
      await failed();
      assert.deepEqual(await edition.outcomes(), ['superseded', 'failed']);
    });
  });

  describe('cancelCurrent', () => {
    it('dates the end after the request when the request came while the transaction waited', async () => {
      await world.run(async (trx) => {
        await trx.raw('SELECT now()');
        await edition.declare(await edition.build());
        await cancelCurrent(trx, edition.id);
      });
      const [rebuild] = await edition.rebuilds();
      assert.equal(rebuild?.outcome, 'cancelled');
      assert.ok((rebuild.finished_at ?? assert.fail()) >= rebuild.requested_at);
    });

    const cancelled = (): Promise<boolean> => world.run((trx) => cancelCurrent(trx, edition.id));

    it('ends the current generation of the edition', async () => {
      await edition.declare(await edition.build());
      await edition.declare(await edition.build());
      assert.equal(await cancelled(), true);
      assert.deepEqual(await edition.outcomes(), ['superseded', 'cancelled']);
    });

    it('ends nothing when the edition is at rest', async () => {
      await edition.publish();
      assert.equal(await cancelled(), false);
      assert.deepEqual(await edition.outcomes(), ['published']);
    });
  });

  describe('failRestore', () => {
    const giveUp = (plan: RebuildPlan): Promise<void> => world.run((trx) => failRestore(trx, plan));
    /** Seconds until the next attempt. */
    const pause = async (): Promise<number> => {
      const { rows } = await world.knex.raw<{ rows: { pause: number }[] }>(
        'SELECT extract(epoch FROM restore_after - now())::float8 AS pause FROM editions WHERE id = ?',
        [edition.id],
      );
      return rows[0]?.pause ?? Number.NaN;
    };

    beforeEach(async () => {
      await failed();
    });

    it('voids the plan and keeps the edition dirty for a later attempt', async () => {
      await giveUp(await edition.begin());
      const row = await edition.row();
      assert.deepEqual([row.dirty, row.plan_id, row.plan_generation, row.phase], [true, null, null, null]);
      assert.equal(row.restore_failures, 1);
      assert.deepEqual(await edition.outcomes(), ['failed']);
    });

    it('pauses twice as long after each failure, at most an hour', async () => {
      for (const seconds of [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600, 3_600, 3_600, 3_600]) {
        await giveUp(await edition.begin());
        const until = await pause();
        assert.ok(until <= seconds && until > seconds / 2, `${until} of ${seconds}`);
      }
    });

    it('changes nothing for a plan that another one has replaced', async () => {
      const plan = await edition.begin();
      const next = await edition.begin();
      await giveUp(plan);
      const row = await edition.row();
      assert.deepEqual([row.plan_id, row.restore_failures, row.restore_after], [next.planId, 0, null]);
    });
  });
});
