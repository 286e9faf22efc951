import type { Knex } from 'knex';
import { lockBuildWithProduct, markBuildEnded } from '../db/queries/builds.js';
import { transaction } from '../db/transaction.js';
import { found } from './found.js';

/**
 * Deprecates a build: it is no longer listed, and no edition can be told to show it. Editions that show it go on. May be
 * repeated; as in LTD Keeper it is no task.
 *
 * @throws {LtdError} `not_found`.
 */
export async function deprecateBuild(deps: { readonly knex: Knex }, buildId: number): Promise<void> {
  await transaction(deps.knex, async (trx) => {
    // The product's lock orders this with requests that declare the build.
    found(await lockBuildWithProduct(trx, buildId));
    await markBuildEnded(trx, buildId);
  });
}
