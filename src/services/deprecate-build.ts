import type { Knex } from 'knex';
import { lockProduct } from '../db/protocol/lock.js';
import { lockBuild, markBuildEnded } from '../db/queries/builds.js';
import { transaction } from '../db/transaction.js';
import { findBuild } from './find-build.js';

/**
 * Deprecates a build: it is no longer listed, and no edition can be told to show it. Editions that show it go on. May be
 * repeated; as in LTD Keeper it is no task.
 *
 * @throws {KeeperError} `not_found`.
 */
export async function deprecateBuild(deps: { readonly knex: Knex }, buildId: number): Promise<void> {
  await transaction(deps.knex, async (trx) => {
    const { product } = await findBuild({ knex: trx }, { id: buildId });
    // The product's lock orders this with requests that declare the build.
    await lockProduct(trx, product.id);
    await lockBuild(trx, buildId);
    await markBuildEnded(trx, buildId);
  });
}
