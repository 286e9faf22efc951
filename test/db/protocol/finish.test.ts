import assert from 'node:assert/strict';
import { finishRebuild } from '../../../src/db/protocol/finish.js';
import { acquireWriter } from '../../../src/db/protocol/writer.js';
import { renameEdition } from '../../../src/db/queries/insert-edition.js';
import { noCounts } from '../../../src/domain/copy-counts.js';
import type { RebuildPlan } from '../../../src/workflows/contract.js';
import {
  productRow,
  type ProtocolWorld,
  recordCopied,
  recordVerified,
  startProtocolWorld,
} from '../../support/protocol.js';

describe('finishRebuild', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  const finish = (plan: RebuildPlan): Promise<boolean> =>
    world.run((trx) => finishRebuild(trx, plan, { counts: noCounts, warning: null }));

  it('publishes a verified build, marks the edition clean and clears the plan', async () => {
    const edition = await world.edition();
    const build = await edition.build();
    await edition.declare(build);
    await edition.change({ restore_failures: 3, restore_after: new Date(), date_rebuilt: new Date(0) });
    const plan = await edition.begin();
    assert.equal(await edition.carryOut(plan), true);
    const row = await edition.row();
    assert.deepEqual([row.published_build_id, row.published_slug], [build, row.slug]);
    assert.deepEqual([row.pending_rebuild, row.settled_generation, row.dirty], [false, 1, false]);
    assert.deepEqual([row.plan_id, row.plan_generation, row.phase], [null, null, null]);
    assert.deepEqual([row.tried_builds, row.restore_failures, row.restore_after], [[], 0, null]);
    assert.ok(row.date_rebuilt > new Date(0));
  });

  it('writes the outcome and the counts into the history, and marks the dashboard dirty', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    const counts = { ...noCounts, objects_total: 7, objects_done: 7 };
    await edition.carryOut(await edition.begin(), { counts });
    const [rebuild] = await edition.rebuilds();
    const product = await productRow(world.knex, edition.productId);
    assert.deepEqual(
      [rebuild?.outcome, rebuild?.counts, rebuild?.error, rebuild?.dashboard_generation],
      ['published', counts, null, product.dashboard_generation],
    );
    assert.ok(rebuild?.finished_at instanceof Date);
  });

  it('keeps a warning with a publication that is valid nevertheless', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.carryOut(await edition.begin(), { warning: 'the CDN was not purged' });
    const [rebuild] = await edition.rebuilds();
    assert.deepEqual([rebuild?.outcome, rebuild?.error], ['published', 'the CDN was not purged']);
  });

  describe('cases in which finishRebuild changes nothing', () => {
    const unproven: Readonly<Record<string, (plan: RebuildPlan) => Promise<unknown>>> = {
      'changes nothing while nothing is recorded': () => Promise.resolve(),
      'changes nothing while only the copy is recorded': (plan) => recordCopied(world, plan),
      'changes nothing while an attempt has the writer lease': async (plan) => {
        await recordCopied(world, plan);
        await recordVerified(world, plan);
        await world.run((trx) => acquireWriter(trx, plan, { kind: 'removal' }));
      },
      'changes nothing after a new copy began after the verification': async (plan) => {
        await recordCopied(world, plan);
        await recordVerified(world, plan);
        await recordCopied(world, plan);
      },
    };
    for (const [when, happens] of Object.entries(unproven))
      it(when, async () => {
        const edition = await world.edition();
        await edition.declare(await edition.build());
        const plan = await edition.begin();
        await happens(plan);
        const before = await edition.row();
        assert.equal(await finish(plan), false);
        assert.deepEqual(await edition.row(), before);
        assert.deepEqual(await edition.outcomes(), [null]);
      });

    it('changes nothing for a plan that another one has replaced', async () => {
      const edition = await world.edition();
      await edition.declare(await edition.build());
      const plan = await edition.begin();
      const next = await edition.begin();
      await recordCopied(world, next);
      await recordVerified(world, next);
      assert.equal(await finish(plan), false);
      assert.equal(await finish(next), true);
    });

    it('changes nothing, not the outcome either, for a plan whose generation was settled', async () => {
      const edition = await world.edition();
      await edition.declare(await edition.build());
      const plan = await edition.begin();
      await recordCopied(world, plan);
      await recordVerified(world, plan);
      await edition.settle('cancelled');
      assert.equal(await finish(plan), false);
      assert.deepEqual(await edition.outcomes(), ['cancelled']);
      assert.equal((await edition.row()).published_build_id, null);
    });

    it('changes nothing when the plan is finished a second time', async () => {
      const edition = await world.edition();
      await edition.declare(await edition.build());
      const plan = await edition.begin();
      await edition.carryOut(plan);
      assert.equal(await finish(plan), false);
      assert.deepEqual(await edition.outcomes(), ['published']);
    });
  });

  it('keeps a newer generation pending', async () => {
    const edition = await world.edition();
    const first = await edition.build();
    await edition.declare(first);
    const plan = await edition.begin();
    const second = await edition.build();
    await edition.declare(second);
    assert.equal(await edition.carryOut(plan), true);
    const row = await edition.row();
    assert.deepEqual([row.published_build_id, row.build_id], [first, second]);
    assert.deepEqual([row.settled_generation, row.pending_rebuild], [1, true]);
    assert.deepEqual(await edition.outcomes(), ['published', null]);
  });

  it('ends superseded generations and names the newer one', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.declare(await edition.build());
    const { rebuildId } = await edition.declare(await edition.build());
    await edition.carryOut(await edition.begin());
    const rebuilds = await edition.rebuilds();
    assert.deepEqual(
      rebuilds.map(({ outcome, superseded_by: by }) => [outcome, by]),
      [
        ['superseded', rebuildId],
        ['superseded', rebuildId],
        ['published', null],
      ],
    );
  });

  it('publishes under the slug that the plan wrote to, though another was declared meanwhile', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    const plan = await edition.begin();
    const before = await edition.row();
    await world.run((trx) => renameEdition(trx, before, `${before.slug}-later`));
    await edition.carryOut(plan);
    const row = await edition.row();
    assert.deepEqual([row.published_slug, row.slug], [before.slug, `${before.slug}-later`]);
  });

  it('ends a restore without an outcome, and marks the edition clean', async () => {
    const edition = await world.edition();
    const published = await edition.publish();
    await edition.declare(await edition.build());
    await edition.begin();
    await edition.settle('failed');
    const before = await edition.row();
    assert.equal(await edition.carryOut(await edition.begin()), true);
    const row = await edition.row();
    assert.deepEqual([row.published_build_id, row.dirty, row.tried_builds], [published, false, []]);
    assert.deepEqual(row.date_rebuilt, before.date_rebuilt);
    assert.deepEqual(await edition.outcomes(), ['published', 'failed']);
  });

  it('ends a restore of nothing with nothing published', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.begin();
    await edition.settle('cancelled');
    assert.equal(await edition.carryOut(await edition.begin()), true);
    const row = await edition.row();
    assert.deepEqual([row.published_build_id, row.published_slug, row.dirty], [null, null, false]);
  });

  it('keeps a generation pending that was declared during a restore', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.begin();
    await edition.settle('cancelled');
    const restore = await edition.begin();
    await edition.declare(await edition.build());
    assert.equal(await edition.carryOut(restore), true);
    assert.equal((await edition.row()).pending_rebuild, true);
    assert.deepEqual(await edition.outcomes(), ['cancelled', null]);
  });

  it('writes one outcome, which the row matches, when a reset comes at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const edition = await world.edition();
      const build = await edition.build();
      await edition.declare(build);
      const plan = await edition.begin();
      await recordCopied(world, plan);
      await recordVerified(world, plan);
      const both = [() => finish(plan), () => edition.settle('reset')];
      if (round % 2 === 1) both.reverse();
      const done = await Promise.all(both.map((act) => act()));
      assert.deepEqual(done.sort(), [false, true]);
      const published = (await edition.row()).published_build_id === build;
      assert.deepEqual(await edition.outcomes(), [published ? 'published' : 'reset']);
    }
  });
});
