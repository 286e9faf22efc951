import type { Knex } from 'knex';
import { Edition } from '../models/edition.js';
import { stopDeletions } from '../protocol/build-deletion.js';
import { productFacts, type ProductFacts, productOf, selectList, type WithProduct } from './products.js';

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

/** The columns that show an edition. */
export type EditionFacts = Pick<Edition, (typeof factsOfEdition)[number]> & {
  /** The failure of the last ended rebuild; null if it did not fail. */
  readonly last_failure: LastFailure | null;
};

/** A failed rebuild. */
export interface LastFailure {
  readonly build_id: number;
  readonly error: string | null;
  /** An ISO date. */
  readonly finished_at: string;
}

const lastFailure = `(SELECT CASE outcome WHEN 'failed' THEN jsonb_build_object(
    'build_id', build_id, 'error', error, 'finished_at', finished_at) END
  FROM rebuilds WHERE edition_id = editions.id AND outcome IS NOT NULL
  ORDER BY generation DESC LIMIT 1) AS last_failure`;

/** An edition and its product. */
export interface EditionOfProduct {
  readonly edition: EditionFacts;
  readonly product: ProductFacts;
}

/** Returns the editions with these ids, also deprecated ones, by id. */
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

/** Returns an edition, also a deprecated one, or undefined. */
export async function findEditionById(knex: Knex, id: number): Promise<EditionOfProduct | undefined> {
  return (await findEditionsByIds(knex, [id])).get(id);
}

/** Returns the ids of a product's editions that are not deprecated, in order; none for an unknown product. */
export async function listEditionIds(knex: Knex, productSlug: string): Promise<readonly number[]> {
  return knex('editions')
    .join('products', 'products.id', 'editions.product_id')
    .where('products.slug', productSlug)
    .whereNull('editions.date_ended')
    .orderBy('editions.id')
    .pluck<number[]>('editions.id');
}

/** The edition stores exactly these refs. The first condition uses `editions_tracked_refs_idx`. */
const tracksRefs =
  'jsonb_hash(tracked_refs) = jsonb_hash(CAST(:refs AS jsonb)) AND tracked_refs = CAST(:refs AS jsonb)';

function bindRefs(gitRefs: readonly string[]): { readonly refs: string } {
  return { refs: JSON.stringify(gitRefs) };
}

/** Returns the editions of a product, also deprecated ones, that store exactly these refs. */
export async function editionsStoring(
  knex: Knex,
  productId: number,
  gitRefs: readonly string[],
): Promise<readonly Edition[]> {
  return Edition.query(knex).where('product_id', productId).whereRaw(tracksRefs, bindRefs(gitRefs)).orderBy('id');
}

/** Returns the editions of a product, also deprecated ones, in order. */
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

/** The columns that decide whether an edition tracks a build. */
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

/** The settings of an edition that a request may change. */
export type EditionSettings = Partial<Pick<Edition, 'title' | 'mode' | 'tracked_refs'>>;

/** Changes an edition's settings and its base URL. */
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

/** The content of an edition's signal. */
export interface EditionSummary {
  readonly editionId: number;
  readonly generation: number;
  readonly productSlug: string;
  readonly editionSlug: string;
  /** The declared build; both are null while there is none. */
  readonly buildId: number | null;
  readonly buildSlug: string | null;
}

/** The columns of a summary, for a statement that joins products and declared builds. */
export const summaryColumns = {
  editionId: 'editions.id',
  generation: 'editions.generation',
  productSlug: 'products.slug',
  editionSlug: 'editions.slug',
  buildId: 'builds.id',
  buildSlug: 'builds.slug',
} as const satisfies Record<keyof EditionSummary, string>;

/** Returns the content of the signals for these editions, ordered by id. */
export async function summariseEditions(knex: Knex, ids: readonly number[]): Promise<readonly EditionSummary[]> {
  // By ANY, so that the text of the statement does not depend on the number of ids.
  return knex('editions')
    .join('products', 'products.id', 'editions.product_id')
    .leftJoin('builds', 'builds.id', 'editions.build_id')
    .whereRaw('editions.id = ANY(CAST(? AS integer[]))', [[...ids]])
    .orderBy('editions.id')
    .select<EditionSummary[]>(summaryColumns);
}
