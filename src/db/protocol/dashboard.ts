import type { Knex } from 'knex';
import { Product } from '../models/product.js';
import { closeTasks } from './close-tasks.js';
import { lockProduct } from './lock.js';

/** How an attempt at a dashboard ended. */
export type DashboardAttempt =
  { readonly result: 'built' | 'skipped' } | { readonly result: 'failed'; readonly error: string };

/** Returns the product if its dashboard is behind, otherwise null. */
export async function dashboardBehind(knex: Knex, productId: number): Promise<Product | null> {
  const product = await Product.query(knex).findById(productId);
  return product !== undefined && product.dashboard_built_generation < product.dashboard_generation ? product : null;
}

/**
 * Records an attempt at the dashboard of `generation`, and closes tasks. An attempt at an older generation than the
 * built one changes nothing.
 *
 * @returns whether the dashboard is still behind.
 */
export async function recordDashboardAttempt(
  trx: Knex.Transaction,
  of: { readonly productId: number; readonly generation: number },
  attempt: DashboardAttempt,
): Promise<boolean> {
  const product = await lockProduct(trx, of.productId);
  const generation = Math.min(of.generation, product.dashboard_generation);
  const overtaken = generation <= product.dashboard_built_generation;
  if (!overtaken)
    await Product.query(trx)
      .findById(product.id)
      .patch(changes(product, generation, attempt));
  await closeTasks(trx, product.id);
  const built = overtaken || attempt.result === 'failed' ? product.dashboard_built_generation : generation;
  return built < product.dashboard_generation;
}

/** The newest attempt determines the stored error. */
function changes(product: Product, generation: number, attempt: DashboardAttempt): Partial<Product> {
  const newest = generation >= product.dashboard_attempted_generation;
  return {
    ...(newest
      ? {
          dashboard_attempted_generation: generation,
          dashboard_error: attempt.result === 'failed' ? attempt.error : null,
        }
      : {}),
    ...(attempt.result === 'failed'
      ? {}
      : { dashboard_built_generation: generation, dashboard_result: attempt.result }),
  };
}
