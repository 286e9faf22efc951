import type { Knex } from 'knex';
import type { Product } from '../db/models/product.js';
import { numericBuildSlugs, slugsOfBuilds } from '../db/queries/builds.js';
import { hasCode } from '../domain/errors.js';
import { buildPrefix } from '../domain/object-keys.js';
import { nextBuildSlugs } from '../domain/slugs.js';
import type { BuildFolders, ServiceLogger } from './ports.js';

/** What {@link numberBuild} works with. */
export interface NumberBuildDeps {
  readonly knex: Knex;
  readonly logger: ServiceLogger;
  readonly folders: BuildFolders;
}

/** The product whose build is to be numbered. */
export type NumberedProduct = Pick<Product, 'id' | 'slug' | 'bucket_name'>;

/** Under the product's lock, the number that is next; undefined where the store was not asked about that one. */
export type ChooseSlug = (trx: Knex.Transaction) => Promise<string | undefined>;

/**
 * Registers a build under the least number that no build of the product has and that has no objects in the bucket. After
 * the database was restored from an older copy it knows nothing of the newest builds, and a build that landed on the
 * objects of one of those would publish a mixture.
 *
 * The store is asked before the product is locked, so that nobody who holds a lock waits for it. `register` answers
 * undefined where it got no number: other registrations were quicker, and the store is asked about a few more at once.
 *
 * @throws {LtdError} `store_unavailable` when the store does not answer: nothing could be uploaded to it either.
 */
export async function numberBuild<T>(
  deps: NumberBuildDeps,
  product: NumberedProduct,
  register: (choose: ChooseSlug) => Promise<T | undefined>,
): Promise<T> {
  const occupied = new Set<string>();
  const free = new Set<string>();
  const look = async (slug: string): Promise<void> => {
    const found = (await isOccupied(deps, product, slug)) ? occupied : free;
    found.add(slug);
  };
  for (let count = 1; ; count += 1) {
    const taken = await numericBuildSlugs(deps.knex, product.id);
    const candidates = nextBuildSlugs([...taken, ...occupied], count);
    await Promise.all(candidates.filter((slug) => !free.has(slug)).map(look));
    const registered = await register(async (trx) => {
      // No build ever loses its slug, so below the candidates nothing has become free.
      const lost = await slugsOfBuilds(trx, product.id, candidates);
      return candidates.find((slug) => free.has(slug) && !lost.has(slug));
    });
    if (registered !== undefined) return registered;
  }
}

/** Where we may not list nothing can be known: the number counts as free, and the log says so. */
async function isOccupied(
  { logger, folders }: NumberBuildDeps,
  product: NumberedProduct,
  slug: string,
): Promise<boolean> {
  try {
    return await folders.isOccupied({ bucket: product.bucket_name, prefix: buildPrefix(product.slug, slug) });
  } catch (error) {
    if (!hasCode(error, 'store_access_denied')) throw error;
    logger.warn(
      { err: error, product: product.slug, build: slug },
      'a build is numbered without a look at the bucket',
    );
    return false;
  }
}
