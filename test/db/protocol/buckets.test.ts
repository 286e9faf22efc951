import assert from 'node:assert/strict';
import { bucketsInUse, resyncBucket } from '../../../src/db/protocol/buckets.js';
import { acquireWriter } from '../../../src/db/protocol/writer.js';
import { copyWork, type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('the passes of Reconcile', () => {
  let world: ProtocolWorld;

  beforeEach(async () => {
    world = await startProtocolWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  it('lists each bucket in use once', async () => {
    const products = [await world.product(), await world.product(), await world.product()];
    await world
      .knex('products')
      .where({ id: products[1] ?? 0 })
      .update({ bucket_name: 'another' });
    const buckets = [
      { productId: products[0], bucket: 'lsst-the-docs' },
      { productId: products[1], bucket: 'another' },
    ];
    assert.deepEqual(await bucketsInUse(world.knex), buckets);
    assert.deepEqual(await bucketsInUse(world.knex, { after: 0, limit: 1 }), buckets.slice(0, 1));
    assert.deepEqual(await bucketsInUse(world.knex, { after: products[0] ?? 0, limit: 10 }), buckets.slice(1));
  });

  describe('resyncBucket after the database was restored', () => {
    it('marks every edition of the bucket dirty, and no other', async () => {
      const [one, other] = [await world.edition(), await world.edition()];
      await one.publish();
      await other.publish();
      await world.knex('products').where({ id: other.productId }).update({ bucket_name: 'another' });
      assert.equal(await resyncBucket(world.knex, 'lsst-the-docs'), 1);
      assert.equal((await one.row()).headers_policy, null, 'no headers are trusted');
      assert.equal((await one.begin()).restore, true);
      assert.equal(await other.look(), null);
    });

    it('marks all editions, however few it marks at a time', async () => {
      const editions = [await world.edition(), await world.edition(), await world.edition()];
      for (const edition of editions) await edition.publish();
      assert.equal(await resyncBucket(world.knex, 'lsst-the-docs', 2), 3);
      for (const edition of editions) assert.equal((await edition.row()).dirty, true);
    });

    it('voids plans under way, and lets the next writer wait for an unknown one', async () => {
      const edition = await world.edition();
      await edition.declare(await edition.build());
      const plan = await edition.begin();
      await resyncBucket(world.knex, 'lsst-the-docs');
      const claim = (of: typeof plan) => world.run((trx) => acquireWriter(trx, of, copyWork));
      await assert.rejects(claim(plan), { code: 'plan_void' });
      const { predecessorSeenAgo } = await claim(await edition.begin());
      assert.ok(predecessorSeenAgo !== null && predecessorSeenAgo < 60_000);
    });

    it('clears the pause after a failed restore', async () => {
      const edition = await world.edition();
      await edition.change({ restore_after: new Date('9999-01-01') });
      await resyncBucket(world.knex, 'lsst-the-docs');
      assert.equal((await edition.row()).restore_after, null);
    });
  });
});
