import type { Knex } from 'knex';
import { Edition } from '../models/edition.js';
import { slugTaken } from './insert-edition.js';

/** An edition as it was before it is renamed. */
export type NamedEdition = Pick<Edition, 'id' | 'product_id' | 'slug' | 'build_id' | 'dirty'>;

/**
 * Gives an edition another slug. The objects under its old one are still to be removed; an edition that declares no build
 * and is not dirty has none, and frees it at once. The caller holds the locks of the product and the edition, and
 * declares the rebuild. After a failure the transaction can only be rolled back.
 *
 * @throws {LtdError} `invalid` when an edition of the product has the slug, a deprecated one too; `conflict` while
 *   another one is still being moved away from it.
 */
export async function renameEdition(
  trx: Knex.Transaction,
  edition: NamedEdition,
  slug: string,
): Promise<void> {
  try {
    await Edition.query(trx).findById(edition.id).patch({ slug });
    const old = trx('held_slugs').where({ edition_id: edition.id, slug: edition.slug });
    await (edition.build_id === null && !edition.dirty ? old.delete() : old.update({ vacating: true }));
    await holdSlug(trx, edition, slug);
  } catch (error) {
    throw slugTaken(error, slug) ?? error;
  }
}

/** Takes a slug, or takes back one that this edition itself is still being moved away from. */
async function holdSlug(trx: Knex.Transaction, edition: NamedEdition, slug: string): Promise<void> {
  const reclaimed = await trx('held_slugs')
    .where({ edition_id: edition.id, slug })
    .update({ vacating: false });
  if (reclaimed > 0) return;
  await trx('held_slugs').insert({ product_id: edition.product_id, slug, edition_id: edition.id });
}
