import type { Knex } from 'knex';
import type { BuildOfProduct } from '../db/queries/builds.js';
import { type RecordedBuild, recordedBuilds } from '../db/queries/recorded-builds.js';
import type { RowsByKey } from '../db/rows-by-key.js';
import { found } from './found.js';

/**
 * A build, deprecated or not, with its product.
 *
 * @throws {LtdError} `not_found`.
 */
export async function findBuild(
  deps: { readonly rows: Pick<RowsByKey, 'build'> },
  { id }: { readonly id: number },
): Promise<BuildOfProduct> {
  return found(await deps.rows.build(id));
}

/** How much of a build is known to be in the bucket; null before anything is. */
export async function findRecorded(
  deps: { readonly knex: Knex },
  { id }: { readonly id: number },
): Promise<RecordedBuild | null> {
  return (await recordedBuilds(deps.knex, [id])).get(id) ?? null;
}
