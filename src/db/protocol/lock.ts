import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { Edition } from '../models/edition.js';
import { Product } from '../models/product.js';

/**
 * Rows are locked in one order everywhere: product, builds, editions by id, rebuilds, tasks. `FOR NO KEY UPDATE`, so
 * that inserts which only reference a row do not wait for it.
 */
export async function lockProduct(trx: Knex.Transaction, productId: number): Promise<Product> {
  const product = await Product.query(trx).findById(productId).forNoKeyUpdate();
  if (product === undefined) throw new LtdError('not_found', `There is no product ${productId}.`);
  return product;
}

/** Locks every product that there is, in the order of their ids, and answers the ids. */
export async function lockAllProducts(trx: Knex.Transaction): Promise<readonly number[]> {
  const products = await Product.query(trx).orderBy('id').forNoKeyUpdate().select('id');
  return products.map(({ id }) => id);
}

/**
 * Locks an edition alone: for steps that touch neither its product's dashboard nor tasks.
 *
 * @throws {LtdError} `not_found`.
 */
export async function lockEdition(trx: Knex.Transaction, editionId: number): Promise<Edition> {
  const edition = await Edition.query(trx).findById(editionId).forNoKeyUpdate();
  if (edition === undefined) throw new LtdError('not_found', `There is no edition ${editionId}.`);
  return edition;
}

/**
 * Locks an edition after its product, for steps that settle or declare.
 *
 * @throws {LtdError} `not_found`.
 */
export async function lockProductAndEdition(
  trx: Knex.Transaction,
  editionId: number,
): Promise<{ product: Product; edition: Edition }> {
  // An edition never changes its product, so reading it before the lock is safe.
  const found = await Edition.query(trx).findById(editionId).select('product_id');
  if (found === undefined) throw new LtdError('not_found', `There is no edition ${editionId}.`);
  const product = await lockProduct(trx, found.product_id);
  return { product, edition: await lockEdition(trx, editionId) };
}
