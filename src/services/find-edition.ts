import type { EditionOfProduct } from '../db/queries/editions.js';
import type { RowsByKey } from '../db/rows-by-key.js';
import { found } from './found.js';

/**
 * An edition, deprecated or not, with its product.
 *
 * @throws {LtdError} `not_found`.
 */
export async function findEdition(
  deps: { readonly rows: Pick<RowsByKey, 'edition'> },
  { id }: { readonly id: number },
): Promise<EditionOfProduct> {
  return found(await deps.rows.edition(id));
}
