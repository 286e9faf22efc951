import type { Knex } from 'knex';
import type { Build } from '../db/models/build.js';
import { buildsOfProduct, type RecordedBuild, recordedBuilds } from '../db/queries/builds.js';
import { type EditionFacts, editionsOfProduct } from '../db/queries/editions.js';

/** The editions and builds of a product for its dashboard, deprecated ones included, oldest first. */
export interface ProductDashboard {
  readonly editions: readonly EditionFacts[];
  readonly builds: readonly Build[];
  /** The recorded facts of builds, by id. */
  readonly recorded: ReadonlyMap<number, RecordedBuild>;
}

/** Reads a product's editions and builds in three queries. */
export async function readProductDashboard(
  { knex }: { readonly knex: Knex },
  productId: number,
): Promise<ProductDashboard> {
  // Read builds after editions: rows of builds are never removed, so the builds of all editions are among them.
  const editions = await editionsOfProduct(knex, productId);
  const builds = await buildsOfProduct(knex, productId);
  const recorded = await recordedBuilds(
    knex,
    builds.map(({ id }) => id),
  );
  return { editions, builds, recorded };
}
