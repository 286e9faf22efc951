import assert from 'node:assert/strict';
import { beginRebuild, vacatingSlugs } from '../../../src/db/protocol/begin.js';
import { acquireWriter } from '../../../src/db/protocol/writer.js';
import { renameEdition } from '../../../src/db/queries/insert-edition.js';
import {
  copyWork,
  productRow,
  type ProtocolWorld,
  startProtocolWorld,
  type TestEdition,
} from '../../support/protocol.js';

describe('beginRebuild', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  const rename = async (edition: TestEdition, slug: string): Promise<void> => {
    const row = await edition.row();
    await world.run((trx) => renameEdition(trx, row, slug));
  };

  it('returns null for an edition at rest, and does not change its row', async () => {
    const edition = await world.edition();
    await edition.publish();
    const before = await edition.row();
    assert.equal(await edition.look(), null);
    assert.deepEqual(await edition.row(), before);
  });

  it('plans the declared build while it is pending, and returns all parts of the plan', async () => {
    const edition = await world.edition();
    const build = await edition.build({ slug: 'b1' });
    await edition.declare(build);
    const plan = await edition.begin();
    const row = await edition.row();
    const product = await productRow(world.knex, edition.productId);
    assert.deepEqual(plan, {
      planId: row.plan_id,
      editionId: edition.id,
      productId: edition.productId,
      generation: 1,
      restore: false,
      target: { id: build, slug: 'b1' },
      bucket: 'lsst-the-docs',
      productSlug: product.slug,
      editionSlug: row.slug,
      surrogateKey: row.surrogate_key,
      requestId: null,
    });
  });

  it('marks the edition dirty, clears the record of work, and marks the rebuild as started', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.change({ phase: 'verified' });
    const plan = await edition.begin();
    const row = await edition.row();
    assert.deepEqual(
      [row.dirty, row.phase, row.plan_id, row.plan_generation],
      [true, null, plan.planId, plan.generation],
    );
    const [rebuild] = await edition.rebuilds();
    assert.ok(rebuild?.started_at instanceof Date);
  });

  it('voids every earlier plan, and keeps the time of the start', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    const first = await edition.begin();
    const [before] = await edition.rebuilds();
    const second = await edition.begin();
    assert.notEqual(second.planId, first.planId);
    await assert.rejects(
      world.run((trx) => acquireWriter(trx, first, copyWork)),
      { code: 'plan_void' },
    );
    const [after] = await edition.rebuilds();
    assert.deepEqual(after?.started_at, before?.started_at);
  });

  it('plans the newest of several declared builds', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    const newest = await edition.build();
    await edition.declare(newest);
    const plan = await edition.begin();
    assert.deepEqual([plan.generation, plan.target?.id], [2, newest]);
  });

  it('plans to restore the published build when the declared one was cancelled after it began', async () => {
    const edition = await world.edition();
    const published = await edition.publish();
    const { generation } = await edition.declare(await edition.build());
    await edition.begin();
    await edition.settle('cancelled');
    const plan = await edition.begin();
    assert.deepEqual([plan.restore, plan.target?.id, plan.generation], [true, published, generation]);
  });

  it('plans nothing when the declared build was cancelled before it began', async () => {
    const edition = await world.edition();
    await edition.publish();
    await edition.declare(await edition.build());
    await edition.settle('reset');
    assert.equal(await edition.look(), null);
  });

  it('plans to delete everything when nothing was ever published', async () => {
    const edition = await world.edition();
    await edition.declare(await edition.build());
    await edition.begin();
    await edition.settle('failed');
    const plan = await edition.begin();
    assert.deepEqual([plan.restore, plan.target], [true, null]);
  });

  it('plans work as long as an earlier slug has to be vacated', async () => {
    const edition = await world.edition();
    const published = await edition.publish();
    const old = (await edition.row()).slug;
    await rename(edition, `${old}-renamed`);
    assert.deepEqual(await vacatingSlugs(world.knex, edition.id), [old]);
    const plan = await edition.begin();
    assert.deepEqual([plan.editionSlug, plan.target?.id, plan.restore], [`${old}-renamed`, published, true]);
  });

  it('plans the restore of a deprecated edition', async () => {
    const edition = await world.edition();
    await edition.publish();
    await edition.change({ dirty: true, date_ended: new Date() });
    assert.equal((await edition.begin()).restore, true);
  });

  it('fails for an edition that does not exist', async () => {
    await assert.rejects(
      world.run((trx) => beginRebuild(trx, 999_999)),
      { code: 'not_found', message: 'There is no edition 999999.' },
    );
  });
});
