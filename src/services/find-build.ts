import type { Knex } from 'knex';
import { type BuildOfProduct, findBuildById } from '../db/queries/builds.js';
import { type LearntBuild, learntBuilds } from '../db/queries/learnt-builds.js';
import { KeeperError } from '../domain/errors.js';

/**
 * A build, deprecated or not, with its product.
 *
 * @throws {KeeperError} `not_found`.
 */
export async function findBuild(
  deps: { readonly knex: Knex },
  { id }: { readonly id: number },
): Promise<BuildOfProduct> {
  const found = await findBuildById(deps.knex, id);
  if (found === undefined) throw new KeeperError('not_found', 'invalid resource URI');
  return found;
}

/** How much of a build is known to be in the bucket; null before anything is. */
export async function findLearnt(
  deps: { readonly knex: Knex },
  { id }: { readonly id: number },
): Promise<LearntBuild | null> {
  return (await learntBuilds(deps.knex, [id])).get(id) ?? null;
}
