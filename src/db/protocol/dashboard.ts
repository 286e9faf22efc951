import type { Knex } from 'knex';
import { Product } from '../models/product.js';
import { closeTasks } from './close-tasks.js';
import { lockProduct } from './lock.js';

/** How an attempt at a dashboard ended. */
export type DashboardAttempt =
  { readonly result: 'built' | 'skipped' } | { readonly result: 'failed'; readonly error: string };

/** The product's row, if its dashboard is behind; null when nothing is to be done. */
export async function dashboardBehind(knex: Knex, productId: number): Promise<Product | null> {
  const product = await Product.query(knex).findById(productId);
  return product !== undefined && product.dashboard_built_generation < product.dashboard_generation
    ? product
    : null;
}

/**
 * Records an attempt at the dashboard as of `generation`, and closes the tasks that waited for it. Never goes back: an
 * attempt that was overtaken changes nothing.
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
  const attempted = Math.max(product.dashboard_attempted_generation, generation);
  const built =
    attempt.result === 'failed'
      ? product.dashboard_built_generation
      : Math.max(product.dashboard_built_generation, generation);
  if (attempt.result !== 'failed' || generation > built)
    await Product.query(trx)
      .findById(product.id)
      .patch({
        dashboard_attempted_generation: attempted,
        dashboard_built_generation: built,
        ...(attempt.result === 'failed'
          ? { dashboard_error: attempt.error }
          : { dashboard_error: null, dashboard_result: attempt.result }),
      });
  await closeTasks(trx, product.id);
  return built < product.dashboard_generation;
}
