import type { Knex } from 'knex';
import type { Product } from '../db/models/product.js';
import { numericBuildSlugs, slugsOfBuilds } from '../db/queries/builds.js';
import { hasCode } from '../domain/errors.js';
import { buildPrefix } from '../domain/object-keys.js';
import { nextBuildSlugs } from '../domain/slugs.js';
import type { BuildFolders, ServiceLogger } from './ports.js';

/** The collaborators of {@link numberBuild}. */
export interface NumberBuildDeps {
  readonly knex: Knex;
  readonly logger: ServiceLogger;
  readonly folders: BuildFolders;
}

/** The product of the build. */
export type NumberedProduct = Pick<Product, 'id' | 'slug' | 'bucket_name'>;

/** Returns the next free number under the product's lock; undefined if other registrations took all candidates. */
export type ChooseSlug = (trx: Knex.Transaction) => Promise<string | undefined>;

/**
 * Registers a build under the smallest number that no build of the product has and whose prefix holds no objects. After
 * a restore from an older backup, the database lacks the newest builds; a new build on their objects would publish a
 * mixture.
 *
 * The store is asked before the product is locked, so no lock waits for the store. If `register` returns undefined,
 * other registrations took the candidates, and the next round asks about one more.
 *
 * @throws {LtdError} `store_unavailable` if the store does not answer; an upload would fail, too.
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
      // Builds keep their slugs for ever, so no number below the candidates became free.
      const lost = await slugsOfBuilds(trx, product.id, candidates);
      return candidates.find((slug) => free.has(slug) && !lost.has(slug));
    });
    if (registered !== undefined) return registered;
  }
}

/** Without the right to list, the number counts as free, with a warning in the log. */
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
      'a build was numbered without a check of the bucket',
    );
    return false;
  }
}
