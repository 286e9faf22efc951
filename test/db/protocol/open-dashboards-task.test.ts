import assert from 'node:assert/strict';
import { type DashboardAttempt, recordDashboardAttempt } from '../../../src/db/protocol/dashboard.js';
import { lockAllProducts, lockProduct } from '../../../src/db/protocol/lock.js';
import { openDashboardsTask } from '../../../src/db/protocol/open-dashboards-task.js';
import { productRow, type ProtocolWorld, startProtocolWorld, taskRow } from '../../support/protocol.js';

const baseUrl = 'https://keeper.example.org';

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

  const open = (): ReturnType<typeof openDashboardsTask> =>
    world.run(async (trx) => {
      for (const id of productIds) await lockProduct(trx, id);
      return openDashboardsTask(trx, { productIds, baseUrl });
    });
  const attempt = async (productId: number, ended: DashboardAttempt): Promise<void> => {
    const { dashboard_generation: generation } = await productRow(world.knex, productId);
    await world.run((trx) => recordDashboardAttempt(trx, { productId, generation }, ended));
  };
  const status = async (id: string): Promise<string | null> => (await taskRow(world.knex, id)).status;
  const waits = async (): Promise<number> =>
    (await world.knex('task_dashboards').whereIn('product_id', [...productIds])).length;

  it('asks for each of them, by the address that the request came by', async () => {
    const { dashboards } = await open();
    const rows = await Promise.all(productIds.map((id) => productRow(world.knex, id)));
    assert.deepEqual(
      dashboards,
      rows.map(({ id, slug }) => ({ productId: id, productSlug: slug, generation: 1 })),
    );
    for (const row of rows) {
      assert.equal(row.dashboard_generation, 1);
      assert.equal(row.base_url, baseUrl);
    }
  });

  it('ends when the last of them is built, in whatever order', async () => {
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const { taskId } = await open();
      for (const index of order) {
        assert.equal(await status(taskId), null);
        await attempt(productIds[index] ?? 0, { result: 'built' });
      }
      const ended = await taskRow(world.knex, taskId);
      assert.equal(ended.status, 'SUCCESS');
      assert.deepEqual([ended.metadata?.['dashboard'], ended.metadata?.['editions']], ['built', []]);
      assert.equal(await waits(), 0);
    }
  });

  it('does not end with an attempt that failed', async () => {
    const { taskId } = await open();
    for (const id of productIds) await attempt(id, { result: 'failed', error: 'Dasher is away' });
    assert.equal(await status(taskId), null);
    assert.equal(await waits(), productIds.length);
  });

  it('waits for the dashboards as of its own request', async () => {
    const [first, second] = [await open(), await open()];
    for (const productId of productIds)
      await world.run((trx) =>
        recordDashboardAttempt(trx, { productId, generation: 1 }, { result: 'skipped' }),
      );
    assert.equal(await status(first.taskId), 'SUCCESS');
    assert.equal(await status(second.taskId), null);
  });

  it('ends when all of them are built at the same time', async () => {
    const tasks = [await open(), await open()];
    await Promise.all(productIds.map((id) => attempt(id, { result: 'built' })));
    for (const { taskId } of tasks) assert.equal(await status(taskId), 'SUCCESS');
  });

  it('is for at least one', async () => {
    await assert.rejects(
      world.run((trx) => openDashboardsTask(trx, { productIds: [], baseUrl })),
      /at least one product/,
    );
  });

  it('can be for every product that there is', async () => {
    const all = await world.run(lockAllProducts);
    const rows = await world.knex('products').orderBy('id').select<{ id: number }[]>('id');
    assert.deepEqual(
      all,
      rows.map(({ id }) => id),
    );
  });
});
