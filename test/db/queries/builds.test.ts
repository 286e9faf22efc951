import assert from 'node:assert/strict';
import { lockProduct } from '../../../src/db/protocol/lock.js';
import { bumpDashboard } from '../../../src/db/protocol/open-task.js';
import { type BuildOfProduct, lockBuildWithProduct } from '../../../src/db/queries/builds.js';
import { eventually } from '../../support/eventually.js';
import { productRow, type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('locking a build with its product', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });
  after(() => world.close());

  /** Whether a transaction waits for a row. */
  async function somebodyWaits(): Promise<boolean> {
    const { rows } = await world.knex.raw<{ rows: unknown[] }>(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  }

  it('returns the state of build and product after another transaction released the product', async () => {
    const edition = await world.edition();
    const { productId } = edition;
    const buildId = await edition.build({ uploaded: false });
    const { dashboard_generation: generation } = await productRow(world.knex, productId);
    let locked: Promise<BuildOfProduct | undefined> | undefined;
    await world.run(async (trx) => {
      await lockProduct(trx, productId);
      locked = world.run((other) => lockBuildWithProduct(other, buildId));
      await eventually('the other transaction to wait', somebodyWaits);
      await trx('builds').where({ id: buildId }).update({ uploaded: true, date_ended: trx.fn.now() });
      await bumpDashboard(trx, productId);
    });
    const found = await locked;
    assert.deepEqual([found?.build.id, found?.build.uploaded], [buildId, true]);
    assert.ok(found?.build.date_ended instanceof Date);
    assert.deepEqual([found.product.id, found.product.dashboard_generation], [productId, generation + 1]);
  });

  it('returns the state of the build after another transaction released the build alone', async () => {
    const edition = await world.edition();
    const buildId = await edition.build({ uploaded: false });
    let locked: Promise<BuildOfProduct | undefined> | undefined;
    await world.run(async (trx) => {
      await trx('builds').where({ id: buildId }).update({ uploaded: true });
      locked = world.run((other) => lockBuildWithProduct(other, buildId));
      await eventually('the other transaction to wait', somebodyWaits);
    });
    assert.equal((await locked)?.build.uploaded, true);
  });

  it('returns nothing for a build that does not exist', async () => {
    assert.equal(await world.run((trx) => lockBuildWithProduct(trx, 999_999)), undefined);
  });
});
