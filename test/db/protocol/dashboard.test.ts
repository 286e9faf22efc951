import assert from 'node:assert/strict';
import { type DashboardAttempt, dashboardBehind, recordDashboardAttempt } from '../../../src/db/protocol/dashboard.js';
import { openTask } from '../../../src/db/protocol/open-task.js';
import { productRow, type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('the dashboard of a product', () => {
  let world: ProtocolWorld;
  let productId: number;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    productId = await world.product();
    for (let wanted = 1; wanted <= 3; wanted += 1) await world.run((trx) => openTask(trx, { productId, rebuilds: [] }));
  });

  after(async () => {
    await world.close();
  });

  const attempt = (generation: number, ended: DashboardAttempt): Promise<boolean> =>
    world.run((trx) => recordDashboardAttempt(trx, { productId, generation }, ended));
  const built = { result: 'built' } as const;
  const failed = { result: 'failed', error: 'Dasher is away' } as const;
  /** Requested, attempted and built generation, with the last result and error. */
  const facts = async (): Promise<unknown[]> => {
    const row = await productRow(world.knex, productId);
    return [
      row.dashboard_generation,
      row.dashboard_attempted_generation,
      row.dashboard_built_generation,
      row.dashboard_result,
      row.dashboard_error,
    ];
  };

  it('keeps the dashboard dirty until the newest requested generation is built', async () => {
    assert.equal((await dashboardBehind(world.knex, productId))?.id, productId);
    assert.equal(await attempt(2, built), true);
    assert.deepEqual(await facts(), [3, 2, 2, 'built', null]);
    assert.equal(await attempt(3, built), false);
    assert.equal(await dashboardBehind(world.knex, productId), null);
  });

  it('returns no dirty dashboard for a product that does not exist', async () => {
    assert.equal(await dashboardBehind(world.knex, 999_999), null);
  });

  it('keeps it dirty after a failed attempt, with the reason until one succeeds', async () => {
    assert.equal(await attempt(3, failed), true);
    assert.deepEqual(await facts(), [3, 3, 0, null, 'Dasher is away']);
    assert.equal(await attempt(3, { result: 'skipped' }), false);
    assert.deepEqual(await facts(), [3, 3, 3, 'skipped', null]);
  });

  it('ignores an attempt that a newer one has overtaken', async () => {
    await attempt(3, { result: 'skipped' });
    const before = await facts();
    await attempt(2, built);
    assert.deepEqual(await facts(), before);
    await attempt(2, failed);
    assert.deepEqual(await facts(), before);
  });

  it('keeps the reason of a newer failure when an older attempt succeeds late', async () => {
    await attempt(3, failed);
    assert.equal(await attempt(2, built), true);
    assert.deepEqual(await facts(), [3, 3, 2, 'built', 'Dasher is away']);
  });

  it('records no generation beyond the requested one', async () => {
    assert.equal(await attempt(99, built), false);
    assert.deepEqual(await facts(), [3, 3, 3, 'built', null]);
  });

  it('keeps one result when many attempts end at once', async () => {
    await Promise.all([3, 1, 2, 3, 1].map((generation) => attempt(generation, built)));
    assert.deepEqual(await facts(), [3, 3, 3, 'built', null]);
  });

  it('refuses to record an attempt for a product that does not exist', async () => {
    productId = 999_999;
    await assert.rejects(attempt(1, built), { code: 'not_found' });
  });
});
