import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { surrogateKey } from '../../domain/surrogate-keys.js';
import { Edition } from '../models/edition.js';
import { violatedConstraint } from '../transaction.js';
import { isSlugHeld } from './held-slugs.js';

/** What a new edition is made of. */
export type NewEdition = Pick<
  Edition,
  'product_id' | 'slug' | 'title' | 'mode' | 'tracked_refs' | 'base_url'
>;

/**
 * Adds an edition, which holds its slug from now on. The caller holds the lock of the product.
 *
 * @throws {LtdError} `invalid` when an edition of the product has the slug, in Keeper's words; `conflict` when one
 *   that had it is still being moved away from it.
 */
export async function insertEdition(trx: Knex.Transaction, edition: NewEdition): Promise<Edition> {
  await assertSlugFree(trx, edition);
  const row = await Edition.query(trx)
    .insert({ ...edition, surrogate_key: surrogateKey(randomUUID()) })
    .returning('*');
  await trx('held_slugs').insert({ product_id: row.product_id, slug: row.slug, edition_id: row.id });
  return row;
}

/** What a violated constraint says about the slug of an edition; undefined for any other error. */
export function slugTaken(error: unknown, slug: string): LtdError | undefined {
  const constraint = violatedConstraint(error);
  if (constraint === 'editions_product_id_slug_key') return slugExists(slug, error);
  return constraint === 'held_slugs_pkey' ? slugVacating(slug, error) : undefined;
}

/** Looks, for an insert that fails uses up an id all the same: addresses would skip a number that LTD Keeper gives. */
async function assertSlugFree(
  trx: Knex.Transaction,
  { product_id, slug }: Pick<NewEdition, 'product_id' | 'slug'>,
): Promise<void> {
  const taken = await Edition.query(trx).findOne({ product_id, slug }).select('id');
  if (taken !== undefined) throw slugExists(slug);
  if (await isSlugHeld(trx, product_id, slug)) throw slugVacating(slug);
}

function slugExists(slug: string, cause?: unknown): LtdError {
  return new LtdError('invalid', `Invalid edition: slug (${slug}) already exists`, { cause });
}

function slugVacating(slug: string, cause?: unknown): LtdError {
  const message = `Invalid edition: slug (${slug}) is still being vacated by the edition that had it. Please try again shortly.`;
  return new LtdError('conflict', message, { cause });
}
