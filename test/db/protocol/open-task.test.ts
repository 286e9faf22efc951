import assert from 'node:assert/strict';
import {
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
