import type { Knex } from 'knex';
import type { Product } from '../db/models/product.js';
import { findProductBySlug } from '../db/queries/products.js';
import { KeeperError } from '../domain/errors.js';

/**
 * The product with this slug.
 *
 * @throws {KeeperError} `not_found`.
 */
export async function findProduct(
  deps: { readonly knex: Knex },
  { slug }: { readonly slug: string },
): Promise<Product> {
  const product = await findProductBySlug(deps.knex, slug);
  if (product === undefined) throw new KeeperError('not_found', 'invalid resource URI');
  return product;
}
