import assert from 'node:assert/strict';
import { heldSlugs, isSlugHeld, renameEdition } from '../../../src/db/queries/insert-edition.js';
import { type ProtocolWorld, startProtocolWorld, type TestEdition } from '../../support/protocol.js';

describe('renameEdition', () => {
  let world: ProtocolWorld;
  let edition: TestEdition;
  let old: string;

  before(async () => {
    world = await startProtocolWorld();
  });

  beforeEach(async () => {
    edition = await world.edition();
    old = (await edition.row()).slug;
  });

  after(async () => {
    await world.close();
  });

  const rename = async (of: TestEdition, slug: string): Promise<void> => {
    const row = await of.row();
    await world.run((trx) => renameEdition(trx, row, slug));
  };
  const held = async (): Promise<string[]> => [...(await heldSlugs(world.knex, edition.productId))].sort();

  it('reserves the new slug, and the old one until its objects are deleted', async () => {
    await edition.publish();
    await rename(edition, 'new');
    assert.equal((await edition.row()).slug, 'new');
    assert.deepEqual(await held(), [old, 'new'].sort());
    assert.equal(await isSlugHeld(world.knex, edition.productId, old), true);
  });

  it('frees the old slug at once when there never was a build', async () => {
    await rename(edition, 'new');
    assert.deepEqual(await held(), ['new']);
    assert.equal(await isSlugHeld(world.knex, edition.productId, old), false);
  });

  it('reserves the old slug when parts of a build may exist although none is declared', async () => {
    await edition.change({ dirty: true });
    await rename(edition, 'new');
    assert.deepEqual(await held(), [old, 'new'].sort());
  });

  it('accepts a slug that the edition itself is vacating', async () => {
    await edition.publish();
    await rename(edition, 'new');
    await rename(edition, old);
    assert.deepEqual(await held(), [old, 'new'].sort());
    const vacating = await world.knex('held_slugs').where({ edition_id: edition.id, vacating: true });
    assert.deepEqual(
      vacating.map(({ slug }: { slug: string }) => slug),
      ['new'],
    );
  });

  it('refuses a slug that another edition has or is vacating', async () => {
    const other = await world.edition(edition.productId);
    await other.publish();
    const taken = (await other.row()).slug;
    await assert.rejects(rename(edition, taken), {
      code: 'invalid',
      message: `Invalid edition: slug (${taken}) already exists`,
    });
    await rename(other, 'new');
    await assert.rejects(rename(edition, taken), { code: 'conflict' });
    assert.equal((await edition.row()).slug, old);
  });

  it('passes on errors that do not concern slugs', async () => {
    const strange = { id: edition.id, product_id: 999_999, slug: old, build_id: null, dirty: false };
    await assert.rejects(
      world.run((trx) => renameEdition(trx, strange, 'new')),
      { constraint: 'held_slugs_product_id_fkey' },
    );
  });
});
