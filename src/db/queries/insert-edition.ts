import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { KeeperError } from '../../domain/errors.js';
import { surrogateKey } from '../../domain/surrogate-keys.js';
import { Edition } from '../models/edition.js';
import { violatedConstraint } from '../transaction.js';

/** What a new edition is made of. */
export type NewEdition = Pick<
  Edition,
  'product_id' | 'slug' | 'title' | 'mode' | 'tracked_refs' | 'base_url'
>;

/**
 * Adds an edition, which holds its slug from now on. After a failure the transaction can only be rolled back.
 *
 * @throws {KeeperError} `invalid` when an edition of the product has the slug, in Keeper's words; `conflict` when one
 *   that had it is still being moved away from it.
 */
export async function insertEdition(trx: Knex.Transaction, edition: NewEdition): Promise<Edition> {
  try {
    const row = await Edition.query(trx)
      .insert({ ...edition, surrogate_key: surrogateKey(randomUUID()) })
      .returning('*');
    await trx('held_slugs').insert({ product_id: row.product_id, slug: row.slug, edition_id: row.id });
    return row;
  } catch (error) {
    throw slugTaken(error, edition.slug) ?? error;
  }
}

/** What a violated constraint says about the slug of an edition; undefined for any other error. */
export function slugTaken(error: unknown, slug: string): KeeperError | undefined {
  const constraint = violatedConstraint(error);
  if (constraint === 'editions_product_id_slug_key')
    return new KeeperError('invalid', `Invalid edition: slug (${slug}) already exists`, { cause: error });
  if (constraint !== 'held_slugs_pkey') return undefined;
  return new KeeperError(
    'conflict',
    `Invalid edition: slug (${slug}) is still being vacated by the edition that had it. Please try again shortly.`,
    { cause: error },
  );
}
