import { Edition } from '../db/models/edition.js';
import { Product } from '../db/models/product.js';
import type { ActivityDependencies } from './dependencies.js';

/**
 * Wakes the dashboard of an edition's product, where it is behind. Safe to retry: a wake carries no work. A rebuild
 * never waits for the dashboard itself.
 */
export function createWakeDashboard({ knex, workflows }: Pick<ActivityDependencies, 'knex' | 'workflows'>) {
  return async (editionId: number): Promise<void> => {
    const edition = await Edition.query(knex).findById(editionId).select('product_id').throwIfNotFound();
    const product = await Product.query(knex).findById(edition.product_id).throwIfNotFound();
    if (product.dashboard_built_generation >= product.dashboard_generation) return;
    await workflows.wakeDashboard({
      productId: product.id,
      generation: product.dashboard_generation,
      productSlug: product.slug,
    });
  };
}
