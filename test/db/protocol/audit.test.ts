import assert from 'node:assert/strict';
import { type AuditedEdition, markDrifted, takeForAudit } from '../../../src/db/protocol/audit.js';
import { copyWork, productRow, type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('the audit of editions', () => {
  let world: ProtocolWorld;

  beforeEach(async () => {
    world = await startProtocolWorld();
  });

  afterEach(async () => {
    await world.close();
  });

  const take = (): Promise<AuditedEdition | null> => takeForAudit(world.knex);
  /** As if each earlier audit had been an hour before. */
  const anHourPasses = async (): Promise<void> => {
    await world.knex('editions').update({ audited_at: world.knex.raw("audited_at - interval '1 hour'") });
  };

  it('takes an edition at rest, and returns what its prefix should hold', async () => {
    const edition = await world.edition();
    const build = await edition.publish();
    const row = await edition.row();
    const product = await productRow(world.knex, edition.productId);
    const [published] = await world.knex('builds').where({ id: build }).select<{ slug: string }[]>('slug');
    assert.deepEqual(await take(), {
      editionId: edition.id,
      generation: 1,
      bucket: product.bucket_name,
      productSlug: product.slug,
      editionSlug: row.slug,
      buildId: build,
      buildSlug: published?.slug,
      surrogateKey: row.surrogate_key,
    });
  });

  it('takes one edition a minute, and each in turn', async () => {
    const editions = [await world.edition(), await world.edition(), await world.edition()];
    for (const edition of editions) await edition.publish();
    const turns: (number | undefined)[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      turns.push((await take())?.editionId);
      assert.equal(await take(), null);
      await anHourPasses();
    }
    const [first, second, third] = editions.map(({ id }) => id);
    assert.deepEqual(turns, [first, second, third, first]);
  });

  it('skips an edition that shows nothing, is pending or is dirty', async () => {
    const [empty, pending, dirty] = [await world.edition(), await world.edition(), await world.edition()];
    await empty.row();
    await pending.publish();
    await pending.declare(await pending.build());
    await dirty.publish();
    await dirty.change({ dirty: true });
    assert.equal(await take(), null);
  });

  it('marks an edition dirty when its objects differ from the build', async () => {
    const edition = await world.edition();
    await edition.publish();
    const audited = await take();
    assert.ok(audited !== null);
    assert.equal(await world.run((trx) => markDrifted(trx, audited, 'objects')), true);
    assert.equal((await edition.row()).headers_policy, copyWork.policy);
    assert.equal((await edition.begin()).restore, true);
  });

  it('trusts no headers of an edition after some have drifted', async () => {
    const edition = await world.edition();
    await edition.publish();
    const audited = await take();
    assert.ok(audited !== null);
    assert.equal(await world.run((trx) => markDrifted(trx, audited, 'headers')), true);
    assert.equal((await edition.row()).headers_policy, null);
  });

  it('ignores drift that was seen before the edition changed', async () => {
    const edition = await world.edition();
    await edition.publish();
    const audited = await take();
    assert.ok(audited !== null);
    const drifted = (): Promise<boolean> => world.run((trx) => markDrifted(trx, audited, 'objects'));
    await edition.declare(await edition.build());
    assert.equal(await drifted(), false, 'pending');
    await edition.carryOut(await edition.begin());
    assert.equal(await drifted(), false, 'another build is published');
    assert.equal((await edition.row()).dirty, false);
  });
});
