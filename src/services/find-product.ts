import type { Knex } from 'knex';
import { type BuildOfProduct, listBuildIds, type RecordedBuild, recordedBuilds } from '../db/queries/builds.js';
import { type EditionOfProduct, listEditionIds } from '../db/queries/editions.js';
import { listProductSlugs, type ShownProduct } from '../db/queries/products.js';
import type { RowsByKey } from '../db/rows-by-key.js';
import { LtdError } from '../domain/errors.js';
import { isProductSlug } from '../domain/slugs.js';

/**
 * Returns the product with this slug.
 *
 * @throws {LtdError} `not_found`.
 */
export async function findProduct(
  deps: { readonly rows: Pick<RowsByKey, 'product'> },
  { slug }: { readonly slug: string },
): Promise<ShownProduct> {
  return found(await deps.rows.product(slug));
}

/**
 * Returns the row.
 *
 * @throws {LtdError} `not_found`, with LTD Keeper 1.x's message, if the row is undefined.
 */
export function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new LtdError('not_found', 'invalid resource URI');
  return row;
}

/**
 * Returns an edition, deprecated or not, with its product.
 *
 * @throws {LtdError} `not_found`.
 */
export async function findEdition(
  deps: { readonly rows: Pick<RowsByKey, 'edition'> },
  { id }: { readonly id: number },
): Promise<EditionOfProduct> {
  return found(await deps.rows.edition(id));
}

/**
 * Returns a build, deprecated or not, with its product.
 *
 * @throws {LtdError} `not_found`.
 */
export async function findBuild(
  deps: { readonly rows: Pick<RowsByKey, 'build'> },
  { id }: { readonly id: number },
): Promise<BuildOfProduct> {
  return found(await deps.rows.build(id));
}

/** Returns how many of a build's objects are recorded; null before the first recording. */
export async function findRecorded(
  deps: { readonly knex: Knex },
  { id }: { readonly id: number },
): Promise<RecordedBuild | null> {
  return (await recordedBuilds(deps.knex, [id])).get(id) ?? null;
}

/** Returns the slugs of all products, oldest first. */
export async function listProducts(deps: { readonly knex: Knex }): Promise<readonly string[]> {
  return listProductSlugs(deps.knex);
}

/** Returns the ordered ids of a product's active editions; none for an unknown product, as in LTD Keeper 1.x. */
export async function listEditions(
  deps: { readonly knex: Knex },
  { slug }: { readonly slug: string },
): Promise<readonly number[]> {
  return isProductSlug(slug) ? listEditionIds(deps.knex, slug) : [];
}

/** Returns the ordered ids of a product's active builds; none for an unknown product, as in LTD Keeper 1.x. */
export async function listBuilds(
  deps: { readonly knex: Knex },
  { slug }: { readonly slug: string },
): Promise<readonly number[]> {
  return isProductSlug(slug) ? listBuildIds(deps.knex, slug) : [];
}
