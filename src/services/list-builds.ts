import type { Knex } from 'knex';
import { listBuildIds } from '../db/queries/builds.js';
import { isProductSlug } from '../domain/slugs.js';

/** The ids of a product's builds that are not deprecated, in order. As in LTD Keeper an unknown product has none. */
export async function listBuilds(
  deps: { readonly knex: Knex },
  { slug }: { readonly slug: string },
): Promise<readonly number[]> {
  return isProductSlug(slug) ? listBuildIds(deps.knex, slug) : [];
}
