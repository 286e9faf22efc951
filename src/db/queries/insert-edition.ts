import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { KeeperError } from '../../domain/errors.js';
import { surrogateKey } from '../../domain/surrogate-keys.js';
import { Edition } from '../models/edition.js';
import { violatedConstraint } from '../transaction.js';
import { holdSlug } from './held-slugs.js';

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
    await holdSlug(trx, row, row.slug);
    return row;
  } catch (error) {
    throw slugTaken(error, edition.slug) ?? error;
  }
}

/** What a violated constraint says about the slug of an edition; undefined for any other error. */
export function slugTaken(error: unknown, slug: string): KeeperError | undefined {
  if (violatedConstraint(error) !== 'editions_product_id_slug_key') return undefined;
  return new KeeperError('invalid', `Invalid edition: slug (${slug}) already exists`, { cause: error });
}
