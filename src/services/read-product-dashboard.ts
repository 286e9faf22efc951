import type { Knex } from 'knex';
import type { Build } from '../db/models/build.js';
import { buildsOfProduct, type RecordedBuild, recordedBuilds } from '../db/queries/builds.js';
import { type EditionFacts, editionsOfProduct } from '../db/queries/editions.js';

/** All that a dashboard shows of a product, what is deprecated included, the oldest first. */
export interface ProductDashboard {
  readonly editions: readonly EditionFacts[];
  readonly builds: readonly Build[];
  /** What is known to be in the bucket, by the id of the build. */
  readonly learnt: ReadonlyMap<number, RecordedBuild>;
}

/** Reads a product's editions and builds in three queries, however many there are. */
export async function readProductDashboard(
  { knex }: { readonly knex: Knex },
  productId: number,
): Promise<ProductDashboard> {
  // Builds after editions, so that a build which an edition names is among them: builds are never removed.
  const editions = await editionsOfProduct(knex, productId);
  const builds = await buildsOfProduct(knex, productId);
  const learnt = await recordedBuilds(
    knex,
    builds.map(({ id }) => id),
  );
  return { editions, builds, learnt };
}
