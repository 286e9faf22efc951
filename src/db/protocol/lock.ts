import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { Edition } from '../models/edition.js';
import { Product } from '../models/product.js';

/** The columns that void an edition's plan. */
export const noPlan = { plan_id: null, plan_generation: null, phase: null } as const;

/** The columns that end the pauses between restores. */
export const noRestore = { restore_failures: 0, restore_after: null } as const;

/** Returns the SQL of the time after a pause that grows with the failures in a column, from 30 seconds to an hour. */
export function afterPause(failures: string): string {
  return `now() + make_interval(secs => least(3600, 30 * 2 ^ least(${failures}, 10)))`;
}

/**
 * Locks a product. All code locks in one order: product, builds, editions by id, rebuilds, tasks. `FOR NO KEY UPDATE`,
 * so an insert that refers to a row does not wait.
 *
 * @throws {LtdError} `not_found`.
 */
export async function lockProduct(trx: Knex.Transaction, productId: number): Promise<Product> {
  const product = await Product.query(trx).findById(productId).forNoKeyUpdate();
  if (product === undefined) throw new LtdError('not_found', `There is no product ${productId}.`);
  return product;
}

/** Locks all products, ordered by id, and returns the ids. */
export async function lockAllProducts(trx: Knex.Transaction): Promise<readonly number[]> {
  const products = await Product.query(trx).orderBy('id').forNoKeyUpdate().select('id');
  return products.map(({ id }) => id);
}

/**
 * Locks an edition alone, for steps that change neither the product nor tasks.
 *
 * @throws {LtdError} `not_found`.
 */
export async function lockEdition(trx: Knex.Transaction, editionId: number): Promise<Edition> {
  return (await Edition.query(trx).findById(editionId).forNoKeyUpdate()) ?? noEdition(editionId);
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
  // An edition never changes its product, so the read before the lock is safe.
  const found = (await Edition.query(trx).findById(editionId).select('product_id')) ?? noEdition(editionId);
  const product = await lockProduct(trx, found.product_id);
  return { product, edition: await lockEdition(trx, editionId) };
}

function noEdition(id: number): never {
  throw new LtdError('not_found', `There is no edition ${id}.`);
}
