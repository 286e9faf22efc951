import type { ShownProduct } from '../db/queries/products.js';
import type { RowsByKey } from '../db/rows-by-key.js';
import { found } from './found.js';

/**
 * The product with this slug.
 *
 * @throws {LtdError} `not_found`.
 */
export async function findProduct(
  deps: { readonly rows: Pick<RowsByKey, 'product'> },
  { slug }: { readonly slug: string },
): Promise<ShownProduct> {
  return found(await deps.rows.product(slug));
}
