import assert from 'node:assert/strict';
import { type DashboardAttempt, recordDashboardAttempt } from '../../../src/db/protocol/dashboard.js';
import { lockAllProducts } from '../../../src/db/protocol/lock.js';
import {
  openDashboardsTask,
  openTask,
  unfinishedTaskOfBuild,
  unfinishedTaskOfEdition,
} from '../../../src/db/protocol/open-task.js';
import { productRow, type ProtocolWorld, startProtocolWorld, taskRow } from '../../support/protocol.js';

describe('openTask', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  it('requests the dashboard and records the requested generation', async () => {
    const productId = await world.product();
    const first = await world.run((trx) => openTask(trx, { productId, rebuilds: [] }));
    const second = await world.run((trx) => openTask(trx, { productId, rebuilds: [] }));
    assert.deepEqual([first.dashboardGeneration, second.dashboardGeneration], [1, 2]);
    assert.equal((await productRow(world.knex, productId)).dashboard_generation, 2);
    const task = await taskRow(world.knex, first.taskId);
    assert.deepEqual([task.dashboard_generation, task.finished_at, task.status], [1, null, null]);
  });

  it('stores the base URL of the request, and keeps the last one when there is none', async () => {
    const productId = await world.product();
    const baseUrl = 'https://docs.test';
    await world.run((trx) => openTask(trx, { productId, rebuilds: [], baseUrl }));
    await world.run((trx) => openTask(trx, { productId, rebuilds: [] }));
    assert.equal((await productRow(world.knex, productId)).base_url, baseUrl);
  });

  it('fails for a product that does not exist', async () => {
    const opened = world.run((trx) => openTask(trx, { productId: 999_999, rebuilds: [] }));
    await assert.rejects(opened, { code: 'not_found' });
  });

  describe('a repeated request', () => {
    it('finds the newest unfinished task of its build and of its edition', async () => {
      const edition = await world.edition();
      const build = await edition.build();
      await edition.declare(build);
      const { taskId } = await edition.declare(build);
      assert.equal(await unfinishedTaskOfBuild(world.knex, build), taskId);
      assert.equal(await unfinishedTaskOfEdition(world.knex, edition.id), taskId);
    });

    it('finds no task for a build or an edition that was never requested', async () => {
      const edition = await world.edition();
      assert.equal(await unfinishedTaskOfBuild(world.knex, await edition.build()), undefined);
      assert.equal(await unfinishedTaskOfEdition(world.knex, edition.id), undefined);
    });

    it('finds no task once the rebuild has ended, though the task still waits for the dashboard', async () => {
      const edition = await world.edition();
      const build = await edition.build();
      const { taskId } = await edition.declare(build);
      await edition.carryOut(await edition.begin());
      assert.equal((await taskRow(world.knex, taskId)).finished_at, null);
      assert.equal(await unfinishedTaskOfBuild(world.knex, build), undefined);
      assert.equal(await unfinishedTaskOfEdition(world.knex, edition.id), undefined);
    });
  });
});

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
