import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { surrogateKey } from '../../domain/object-keys.js';
import { Edition } from '../models/edition.js';
import { violatedConstraint } from '../transaction.js';

type NewEdition = Pick<Edition, 'product_id' | 'slug' | 'title' | 'mode' | 'tracked_refs' | 'base_url'>;

/**
 * Adds an edition, which holds its slug from now on. The caller holds the lock of the product.
 *
 * @throws {LtdError} `invalid` if an edition of the product has the slug, with the message of LTD Keeper 1.x;
 * `conflict` while an edition still vacates it.
 */
export async function insertEdition(trx: Knex.Transaction, edition: NewEdition): Promise<Edition> {
  await assertSlugFree(trx, edition);
  const row = await Edition.query(trx)
    .insert({ ...edition, surrogate_key: surrogateKey(randomUUID()) })
    .returning('*');
  await trx('held_slugs').insert({ product_id: row.product_id, slug: row.slug, edition_id: row.id });
  return row;
}

function slugTaken(error: unknown, slug: string): LtdError | undefined {
  const constraint = violatedConstraint(error);
  if (constraint === 'editions_product_id_slug_key') return slugExists(slug, error);
  return constraint === 'held_slugs_pkey' ? slugVacating(slug, error) : undefined;
}

/** Checks before the insert: a failed insert consumes an id, and addresses would skip a number. */
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
  const message = `Invalid edition: slug (${slug}) is still being vacated by the edition that had it.`;
  return new LtdError('conflict', `${message} Please try again shortly.`, { cause });
}

type NamedEdition = Pick<Edition, 'id' | 'product_id' | 'slug' | 'build_id' | 'dirty'>;

/**
 * Renames an edition. The old slug is free once the rebuild has removed its objects, or at once for an edition that
 * declares no build and is not dirty. The caller holds the locks of the product and the edition, and declares the
 * rebuild. After an error the caller must roll back the transaction.
 *
 * @throws {LtdError} `invalid` if an edition of the product has the slug, also a deprecated one; `conflict` while
 * another edition still vacates it.
 */
export async function renameEdition(trx: Knex.Transaction, edition: NamedEdition, slug: string): Promise<void> {
  try {
    await Edition.query(trx).findById(edition.id).patch({ slug });
    const old = trx('held_slugs').where({ edition_id: edition.id, slug: edition.slug });
    await (edition.build_id === null && !edition.dirty ? old.delete() : old.update({ vacating: true }));
    await holdSlug(trx, edition, slug);
  } catch (error) {
    throw slugTaken(error, slug) ?? error;
  }
}

/** Takes a slug, also one that this edition still vacates. */
async function holdSlug(trx: Knex.Transaction, edition: NamedEdition, slug: string): Promise<void> {
  const reclaimed = await trx('held_slugs').where({ edition_id: edition.id, slug }).update({ vacating: false });
  if (reclaimed > 0) return;
  await trx('held_slugs').insert({ product_id: edition.product_id, slug, edition_id: edition.id });
}

/** Returns the slugs that no new edition can have: those of all editions, and old slugs whose prefixes hold objects. */
export async function heldSlugs(knex: Knex, productId: number): Promise<readonly string[]> {
  return knex('held_slugs').where({ product_id: productId }).pluck<string[]>('slug');
}

/** Whether a slug is among {@link heldSlugs}. */
export async function isSlugHeld(knex: Knex, productId: number, slug: string): Promise<boolean> {
  return (await knex('held_slugs').where({ product_id: productId, slug }).pluck('slug')).length > 0;
}
