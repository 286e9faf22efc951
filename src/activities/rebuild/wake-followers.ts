import { Edition } from '../../db/models/edition.js';
import { Product } from '../../db/models/product.js';
import { editionsWithEvents } from '../../db/queries/edition-events.js';
import type { ActivityDependencies } from '../dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'workflows' | 'events' | 'logger'>;

/**
 * Wakes what follows the end of a generation, where there is anything to do: the dashboard of the edition's product, and
 * the delivery of the edition's events. To be called after the commit. Never throws: what has ended has ended, whether or
 * not somebody could be woken, and `Reconcile` starts what was not.
 */
export async function wakeFollowers(deps: Dependencies, editionId: number): Promise<void> {
  const wakes = [wakeDashboard(deps, editionId), wakeEvents(deps, editionId)];
  for (const result of await Promise.allSettled(wakes)) {
    if (result.status === 'rejected')
      deps.logger.warn(
        { err: result.reason as unknown, edition_id: editionId },
        'what follows a rebuild was not woken; Reconcile will start it',
      );
  }
}

async function wakeDashboard({ knex, workflows }: Dependencies, editionId: number): Promise<void> {
  const edition = await Edition.query(knex).findById(editionId).select('product_id').throwIfNotFound();
  const product = await Product.query(knex).findById(edition.product_id).throwIfNotFound();
  if (product.dashboard_built_generation >= product.dashboard_generation) return;
  await workflows.wakeDashboard({
    productId: product.id,
    generation: product.dashboard_generation,
    productSlug: product.slug,
  });
}

async function wakeEvents({ knex, workflows, events }: Dependencies, editionId: number): Promise<void> {
  if (events === null) return;
  const [edition] = await editionsWithEvents(knex, { editionId });
  if (edition !== undefined) await workflows.wakeEvents(edition);
}
