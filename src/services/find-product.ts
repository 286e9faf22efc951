import type { Knex } from 'knex';
import {
  type BuildOfProduct,
  listBuildIds,
  type RecordedBuild,
  recordedBuilds,
} from '../db/queries/builds.js';
import { type EditionOfProduct, listEditionIds } from '../db/queries/editions.js';
import { listProductSlugs, type ShownProduct } from '../db/queries/products.js';
import type { RowsByKey } from '../db/rows-by-key.js';
import { LtdError } from '../domain/errors.js';
import { isProductSlug } from '../domain/slugs.js';

/**
 * The product with this slug.
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
 * What was looked for by a path of the API.
 *
 * @throws {LtdError} `not_found`, in Keeper's words, where there is none.
 */
export function found<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new LtdError('not_found', 'invalid resource URI');
  return row;
}

/**
 * An edition, deprecated or not, with its product.
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
 * A build, deprecated or not, with its product.
 *
 * @throws {LtdError} `not_found`.
 */
export async function findBuild(
  deps: { readonly rows: Pick<RowsByKey, 'build'> },
  { id }: { readonly id: number },
): Promise<BuildOfProduct> {
  return found(await deps.rows.build(id));
}

/** How much of a build is known to be in the bucket; null before anything is. */
export async function findRecorded(
  deps: { readonly knex: Knex },
  { id }: { readonly id: number },
): Promise<RecordedBuild | null> {
  return (await recordedBuilds(deps.knex, [id])).get(id) ?? null;
}

/** The slugs of all products, the oldest first. */
export async function listProducts(deps: { readonly knex: Knex }): Promise<readonly string[]> {
  return listProductSlugs(deps.knex);
}

/** The ids of a product's editions that are not deprecated, in order. As in LTD Keeper an unknown product has none. */
export async function listEditions(
  deps: { readonly knex: Knex },
  { slug }: { readonly slug: string },
): Promise<readonly number[]> {
  return isProductSlug(slug) ? listEditionIds(deps.knex, slug) : [];
}

/** The ids of a product's builds that are not deprecated, in order. As in LTD Keeper an unknown product has none. */
export async function listBuilds(
  deps: { readonly knex: Knex },
  { slug }: { readonly slug: string },
): Promise<readonly number[]> {
  return isProductSlug(slug) ? listBuildIds(deps.knex, slug) : [];
}
