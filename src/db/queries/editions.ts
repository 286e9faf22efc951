import type { Knex } from 'knex';
import { Edition } from '../models/edition.js';
import { stopDeletions } from '../protocol/build-deletion.js';
import { productFacts, type ProductFacts, productOf, type WithProduct } from './products.js';
import { selectList } from './summarise-editions.js';

const factsOfEdition = [
  'id',
  'product_id',
  'slug',
  'title',
  'mode',
  'tracked_refs',
  'build_id',
  'published_build_id',
  'pending_rebuild',
  'purge_due',
  'purge_done',
  'purge_error',
  'surrogate_key',
  'date_created',
  'date_rebuilt',
  'date_ended',
] as const satisfies readonly (keyof Edition)[];

/** What is read of an edition to show it. */
export type EditionFacts = Pick<Edition, (typeof factsOfEdition)[number]> & {
  /** How the rebuild that ended last failed; null where it did not. */
  readonly last_failure: LastFailure | null;
};

/** A rebuild that failed. */
export interface LastFailure {
  readonly build_id: number;
  readonly error: string | null;
  /** An ISO date. */
  readonly finished_at: string;
}

/** One look-up in the edition's history, by its index. */
const lastFailure = `(SELECT CASE outcome WHEN 'failed' THEN jsonb_build_object(
    'build_id', build_id, 'error', error, 'finished_at', finished_at) END
  FROM rebuilds WHERE edition_id = editions.id AND outcome IS NOT NULL
  ORDER BY generation DESC LIMIT 1) AS last_failure`;

/** An edition with the product that it is of. */
export interface EditionOfProduct {
  readonly edition: EditionFacts;
  readonly product: ProductFacts;
}

/** Those of these editions that there are, deprecated or not, by id. */
export async function findEditionsByIds(
  knex: Knex,
  ids: readonly number[],
): Promise<ReadonlyMap<number, EditionOfProduct>> {
  const { rows } = await knex.raw<{ rows: readonly (EditionFacts & WithProduct)[] }>(
    `SELECT ${selectList('editions', factsOfEdition)}, ${lastFailure}, ${productFacts}
     FROM editions JOIN products ON products.id = editions.product_id
     WHERE editions.id = ANY(CAST(:ids AS integer[]))`,
    { ids },
  );
  return new Map(rows.map((edition) => [edition.id, { edition, product: productOf(edition) }]));
}

/** An edition by id, deprecated or not, or undefined. */
export async function findEditionById(knex: Knex, id: number): Promise<EditionOfProduct | undefined> {
  return (await findEditionsByIds(knex, [id])).get(id);
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
  return Edition.query(knex).where('product_id', productId).whereRaw(tracksRefs, bindRefs(gitRefs)).orderBy('id');
}

/** The editions of a product, deprecated ones too, in order. */
export async function editionsOfProduct(knex: Knex, productId: number): Promise<readonly EditionFacts[]> {
  const { rows } = await knex.raw<{ rows: readonly EditionFacts[] }>(
    `SELECT ${selectList('editions', factsOfEdition)}, ${lastFailure}
     FROM editions WHERE product_id = ? ORDER BY id`,
    [productId],
  );
  return rows;
}

const factsOfTracking = [
  'id',
  'slug',
  'mode',
  'tracked_refs',
  'build_id',
  'tracked_build_id',
  'date_ended',
] as const satisfies readonly (keyof Edition)[];

/** What is read of an edition to decide whether it follows a build. */
export type TrackingEdition = Pick<Edition, (typeof factsOfTracking)[number]>;

/**
 * Returns the editions of a product, deprecated ones too, that may track a build with these refs, ordered by id.
 * It omits editions that track other refs: a product can have thousands of them.
 */
export async function editionsThatMayTrack(
  knex: Knex,
  productId: number,
  gitRefs: readonly string[],
): Promise<readonly TrackingEdition[]> {
  const { rows } = await knex.raw<{ rows: readonly TrackingEdition[] }>(
    `SELECT ${selectList('editions', factsOfTracking)} FROM editions
     WHERE product_id = :productId
       AND (mode NOT IN ('manual', 'git_refs') OR (mode = 'git_refs' AND ${tracksRefs}))
     ORDER BY id`,
    { productId, ...bindRefs(gitRefs) },
  );
  return rows;
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

/** Deprecates an edition. As in LTD Keeper 1.x, the latest time is kept. */
export async function markEditionEnded(trx: Knex.Transaction, id: number, baseUrl: string): Promise<void> {
  await trx<Edition>('editions').where({ id }).update({ date_ended: trx.fn.now(), base_url: baseUrl });
}

/**
 * Revives a deprecated edition: lists include it and it tracks builds. A running deletion of its objects ends, and the
 * next plan restores them.
 */
export async function reviveEdition(trx: Knex.Transaction, id: number, baseUrl: string): Promise<void> {
  await stopDeletions(trx, [id]);
  await Edition.query(trx).findById(id).patch({ date_ended: null, base_url: baseUrl, objects_deleted_at: null });
}
