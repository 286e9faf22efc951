import type { Knex } from 'knex';
import { listEditionIds } from '../db/queries/editions.js';
import { isProductSlug } from '../domain/slugs.js';

/** The ids of a product's editions that are not deprecated, in order. As in LTD Keeper an unknown product has none. */
export async function listEditions(
  deps: { readonly knex: Knex },
  { slug }: { readonly slug: string },
): Promise<readonly number[]> {
  return isProductSlug(slug) ? listEditionIds(deps.knex, slug) : [];
}
