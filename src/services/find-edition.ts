import type { Knex } from 'knex';
import { type EditionOfProduct, findEditionById } from '../db/queries/editions.js';
import { KeeperError } from '../domain/errors.js';

/**
 * An edition, deprecated or not, with its product.
 *
 * @throws {KeeperError} `not_found`.
 */
export async function findEdition(
  deps: { readonly knex: Knex },
  { id }: { readonly id: number },
): Promise<EditionOfProduct> {
  const found = await findEditionById(deps.knex, id);
  if (found === undefined) throw new KeeperError('not_found', 'invalid resource URI');
  return found;
}
