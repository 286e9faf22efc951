import type { Knex } from 'knex';
import { Edition } from '../models/edition.js';
import { stopPurges } from '../protocol/edition-purges.js';
import { productColumns, type ProductFacts, productOf, type WithProduct } from './product-facts.js';

/** An edition with the product that it is of. */
export interface EditionOfProduct {
  readonly edition: Edition;
  readonly product: ProductFacts;
}

/** An edition by id, deprecated or not, or undefined. */
export async function findEditionById(knex: Knex, id: number): Promise<EditionOfProduct | undefined> {
  const edition = await Edition.query(knex)
    .join('products', 'products.id', 'editions.product_id')
    .where('editions.id', id)
    .select('editions.*', productColumns)
    .first()
    .castTo<(Edition & WithProduct) | undefined>();
  return edition && { edition, product: productOf(edition) };
}

/** The ids of a product's editions that are not deprecated, in order. None where there is no such product. */
export async function listEditionIds(knex: Knex, productSlug: string): Promise<readonly number[]> {
  const rows = await Edition.query(knex)
    .join('products', 'products.id', 'editions.product_id')
    .where('products.slug', productSlug)
    .whereNull('editions.date_ended')
    .orderBy('editions.id')
    .select('editions.id');
  return rows.map(({ id }) => id);
}

/** Whether an edition stores exactly these refs: first by what `editions_tracked_refs_idx` knows. */
const tracksRefs =
  'jsonb_hash(tracked_refs) = jsonb_hash(CAST(:refs AS jsonb)) AND tracked_refs = CAST(:refs AS jsonb)';

function bindRefs(gitRefs: readonly string[]): { readonly refs: string } {
  return { refs: JSON.stringify(gitRefs) };
}

/** The editions of a product, deprecated ones too, that store exactly these refs. */
export async function editionsStoring(
  knex: Knex,
  productId: number,
  gitRefs: readonly string[],
): Promise<readonly Edition[]> {
  return Edition.query(knex)
    .where('product_id', productId)
    .whereRaw(tracksRefs, bindRefs(gitRefs))
    .orderBy('id');
}

/** The editions of a product, deprecated ones too, in order. */
export async function editionsOfProduct(knex: Knex, productId: number): Promise<readonly Edition[]> {
  return Edition.query(knex).where('product_id', productId).orderBy('id');
}

/**
 * The editions of a product, deprecated ones too, that a build with these refs may be the business of, by id. Those of
 * branches, of which a product can have thousands, are left out here when they track other refs.
 */
export async function editionsThatMayFollow(
  knex: Knex,
  productId: number,
  gitRefs: readonly string[],
): Promise<readonly Edition[]> {
  return Edition.query(knex)
    .where('product_id', productId)
    .whereRaw(
      `(mode NOT IN ('manual', 'git_refs') OR (mode = 'git_refs' AND ${tracksRefs}))`,
      bindRefs(gitRefs),
    )
    .orderBy('id');
}

/** What a person may change of an edition beside its slug and its build. */
export type EditionSettings = Partial<Pick<Edition, 'title' | 'mode' | 'tracked_refs'>>;

/** Changes an edition's settings, and notes by which base URL it was last written to. */
export async function updateEditionSettings(
  trx: Knex.Transaction,
  id: number,
  settings: EditionSettings & Pick<Edition, 'base_url'>,
): Promise<void> {
  await Edition.query(trx).findById(id).patch(settings);
}

/** Deprecates an edition. As in LTD Keeper the latest time counts. */
export async function markEditionEnded(trx: Knex.Transaction, id: number, baseUrl: string): Promise<void> {
  await trx<Edition>('editions').where({ id }).update({ date_ended: trx.fn.now(), base_url: baseUrl });
}

/**
 * Makes a deprecated edition one that is followed and listed again. A removal of its objects that is under way ends, and
 * the next plan makes whole what is left of them.
 */
export async function reviveEdition(trx: Knex.Transaction, id: number, baseUrl: string): Promise<void> {
  await stopPurges(trx, [id]);
  await Edition.query(trx).findById(id).patch({ date_ended: null, base_url: baseUrl, purged_at: null });
}
