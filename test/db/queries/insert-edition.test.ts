import assert from 'node:assert/strict';
import { insertEdition, renameEdition } from '../../../src/db/queries/insert-edition.js';
import type { Edition } from '../../../src/db/models/edition.js';
import { type ProtocolWorld, startProtocolWorld } from '../../support/protocol.js';

describe('insertEdition', () => {
  let world: ProtocolWorld;

  before(async () => {
    world = await startProtocolWorld();
  });

  after(async () => {
    await world.close();
  });

  const insert = (productId: number, changes: Partial<Edition> = {}): Promise<Edition> =>
    world.run((trx) =>
      insertEdition(trx, {
        product_id: productId,
        slug: 'v1',
        title: 'Version 1',
        mode: 'git_refs',
        tracked_refs: ['v1'],
        base_url: 'https://keeper.test',
        ...changes,
      }),
    );

  it('returns the whole row of an edition that shows nothing yet', async () => {
    const edition = await insert(await world.product());
    assert.deepEqual(
      [edition.slug, edition.tracked_refs, edition.generation, edition.pending_rebuild, edition.build_id],
      ['v1', ['v1'], 0, false, null],
    );
    assert.notEqual(edition.surrogate_key, '');
  });

  it('refuses a slug that another edition of the product has, also a deprecated one', async () => {
    const productId = await world.product();
    const { id } = await insert(productId);
    await world.knex('editions').where({ id }).update({ date_ended: new Date() });
    await assert.rejects(insert(productId), {
      code: 'invalid',
      message: 'Invalid edition: slug (v1) already exists',
    });
    await insert(await world.product());
  });

  it('refuses a slug whose objects are still being deleted', async () => {
    const edition = await world.edition();
    await edition.publish();
    const row = await edition.row();
    await world.run((trx) => renameEdition(trx, row, 'elsewhere'));
    await assert.rejects(insert(edition.productId, { slug: row.slug }), {
      code: 'conflict',
      message: /still being vacated/,
    });
    await edition.carryOut(await edition.begin());
  });

  it('creates one of two editions that request a slug at once', async () => {
    const productId = await world.product();
    const [one, other] = await Promise.allSettled([insert(productId), insert(productId)]);
    assert.deepEqual([one.status, other.status].sort(), ['fulfilled', 'rejected']);
  });

  it('passes on errors that do not concern slugs', async () => {
    await assert.rejects(insert(999_999), { constraint: 'editions_product_id_fkey' });
  });
});
