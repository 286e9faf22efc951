import assert from 'node:assert/strict';
import { closeRebuilds } from '../../../src/db/protocol/settle.js';
import { productRow, type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('settleGeneration', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  it('writes the outcome of a generation once', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    assert.equal(await edition.settle('failed'), true);
    const before = await edition.rebuilds();
    assert.equal(await edition.settle('cancelled'), false);
    assert.equal(await edition.settle('reset'), false);
    assert.deepEqual(await edition.rebuilds(), before);
    assert.deepEqual(await edition.outcomes(), ['failed']);
  });

  it('clears the pending flag and voids the plan under way', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.begin();
    await edition.settle('reset');
    const row = await edition.row();
    assert.deepEqual([row.pending_rebuild, row.settled_generation], [false, 1]);
    assert.deepEqual([row.plan_id, row.plan_generation, row.phase], [null, null, null]);
    assert.equal(row.dirty, true, 'the prefix still has the written objects');
  });

  it('ends older unfinished generations as superseded by it', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    const { rebuildId } = await edition.declare(await edition.build());
    await edition.settle('cancelled');
    const [older, newer] = await edition.rebuilds();
    assert.deepEqual([older?.outcome, older?.superseded_by], ['superseded', rebuildId]);
    assert.deepEqual([newer?.outcome, newer?.superseded_by], ['cancelled', null]);
    assert.ok(older?.finished_at instanceof Date);
  });

  it('keeps a newer generation pending', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.declare(await edition.build());
    assert.equal(await edition.settle('failed', 1), true);
    assert.deepEqual(await edition.outcomes(), ['failed', null]);
    assert.equal((await edition.row()).pending_rebuild, true);
  });

  it('does not void a restore for a generation that was settled before', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.begin();
    await edition.settle('cancelled');
    const restore = await edition.begin();
    assert.equal(await edition.settle('reset'), false);
    assert.equal((await edition.row()).plan_id, restore.planId);
  });

  it('marks the dashboard of the product dirty', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.declare(await edition.build());
    const before = await productRow(world.knex, edition.productId);
    await edition.settle('failed');
    const after = await productRow(world.knex, edition.productId);
    assert.equal(after.dashboard_generation, before.dashboard_generation + 1);
    const rebuilds = await edition.rebuilds();
    assert.deepEqual(
      rebuilds.map((rebuild) => rebuild.dashboard_generation),
      [after.dashboard_generation, after.dashboard_generation],
    );
  });

  it('writes one outcome when many settle it at once', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    const outcomes = ['failed', 'cancelled', 'reset', 'failed', 'cancelled'] as const;
    const settled = await Promise.all(outcomes.map((outcome) => edition.settle(outcome)));
    assert.equal(settled.filter(Boolean).length, 1);
    assert.deepEqual(await edition.outcomes(), [outcomes[settled.indexOf(true)]]);
  });
});

describe('closeRebuilds', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  it('ends older rebuilds as superseded, and keeps the outcome of the newer one', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    const { rebuildId } = await edition.declare(await edition.build());
    await world.knex('rebuilds').where({ id: rebuildId }).update({ outcome: 'failed', finished_at: new Date() });
    const row = await edition.row();
    await world.run((trx) => closeRebuilds(trx, { edition: row, generation: 2, outcome: 'published' }));
    const [older, newer] = await edition.rebuilds();
    assert.deepEqual([older?.outcome, older?.superseded_by, newer?.outcome], ['superseded', rebuildId, 'failed']);
  });

  it('ends older rebuilds without a successor when the history lacks the generation', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.change({ generation: 2 });
    await edition.settle('reset');
    const [older] = await edition.rebuilds();
    assert.deepEqual([older?.outcome, older?.superseded_by], ['superseded', null]);
  });
});
