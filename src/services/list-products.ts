import type { Knex } from 'knex';
import { listProductSlugs } from '../db/queries/products.js';

/** The slugs of all products, the oldest first. */
export async function listProducts(deps: { readonly knex: Knex }): Promise<readonly string[]> {
  return listProductSlugs(deps.knex);
}
