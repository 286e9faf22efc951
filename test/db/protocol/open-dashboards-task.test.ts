import assert from 'node:assert/strict';
import { type DashboardAttempt, recordDashboardAttempt } from '../../../src/db/protocol/dashboard.js';
import { lockAllProducts } from '../../../src/db/protocol/lock.js';
import { openDashboardsTask } from '../../../src/db/protocol/open-dashboards-task.js';
import { productRow, type ProtocolWorld, startProtocolWorld, taskRow } from '../../support/protocol.js';

describe('a task for the dashboards of several products', () => {
  let world: ProtocolWorld;
  let productIds: readonly number[];

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    productIds = [await world.product(), await world.product(), await world.product()];
  });

  after(async () => {
    await world.close();
  });

  const open = (ids = productIds) =>
    world.run(async (trx) => {
      await lockAllProducts(trx);
      return openDashboardsTask(trx, { productIds: ids, baseUrl: 'https://docs.test' });
    });
  const attempt = (productId: number, ended: DashboardAttempt = { result: 'built' }): Promise<boolean> =>
    world.run((trx) => recordDashboardAttempt(trx, { productId, generation: 1 }, ended));
  const status = async (taskId: string): Promise<string | null> => (await taskRow(world.knex, taskId)).status;

  it('requests each dashboard once, and records the generations that it waits for', async () => {
    const { dashboards } = await open();
    assert.deepEqual(
      dashboards.map(({ productId, generation }) => [productId, generation]),
      productIds.map((id) => [id, 1]),
    );
    for (const id of productIds) {
      const product = await productRow(world.knex, id);
      assert.deepEqual([product.dashboard_generation, product.base_url], [1, 'https://docs.test']);
    }
  });

  it('ends when each dashboard is built, in any order', async () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      productIds = [await world.product(), await world.product(), await world.product()];
      const { taskId } = await open();
      for (const index of order) {
        assert.equal(await status(taskId), null);
        await attempt(productIds[index] ?? 0);
      }
      assert.equal(await status(taskId), 'SUCCESS');
    }
  });

  it('does not end with a failed attempt', async () => {
    const { taskId } = await open();
    const [first = 0, ...others] = productIds;
    for (const id of others) await attempt(id);
    await attempt(first, { result: 'failed', error: 'Dasher is away' });
    assert.equal(await status(taskId), null);
    await attempt(first);
    assert.equal(await status(taskId), 'SUCCESS');
  });

  it('ends when the last dashboards are built at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      productIds = [await world.product(), await world.product(), await world.product()];
      const { taskId } = await open();
      await Promise.all(productIds.map((id) => attempt(id)));
      assert.equal(await status(taskId), 'SUCCESS');
    }
  });

  it('requires at least one product', async () => {
    await assert.rejects(open([]), RangeError);
  });
});
