import { Build } from '../../db/models/build.js';
import { Edition } from '../../db/models/edition.js';
import { Product } from '../../db/models/product.js';
import { editionsWithEvents } from '../../db/queries/edition-events.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

type Deps = Pick<ActivityDeps, 'knex' | 'workflows' | 'events' | 'logger'>;

/**
 * Signals what follows the end of a generation, where there is anything to do: the dashboard of the edition's product,
 * and the delivery of the edition's events. To be called after the commit. Never throws: what has ended has ended,
 * whether or not somebody could be woken, and `Reconcile` starts what was not.
 */
export async function signalDownstream(deps: Deps, editionId: number): Promise<void> {
  const signals = [signalDashboard(deps, editionId), signalEvents(deps, editionId)];
  for (const result of await Promise.allSettled(signals)) {
    if (result.status === 'rejected')
      deps.logger.warn(
        { err: result.reason as unknown, edition_id: editionId },
        'what follows a rebuild was not woken; Reconcile will start it',
      );
  }
}

async function signalDashboard({ knex, workflows }: Deps, editionId: number): Promise<void> {
  const edition = await Edition.query(knex).findById(editionId).select('product_id').throwIfNotFound();
  const product = await Product.query(knex).findById(edition.product_id).throwIfNotFound();
  if (product.dashboard_built_generation >= product.dashboard_generation) return;
  await workflows.signalDashboard({
    productId: product.id,
    generation: product.dashboard_generation,
    productSlug: product.slug,
  });
}

async function signalEvents({ knex, workflows, events }: Deps, editionId: number): Promise<void> {
  if (events === null) return;
  const [edition] = await editionsWithEvents(knex, { editionId });
  if (edition !== undefined) await workflows.signalEvents(edition);
}

/** Signals the run of the plan's edition, starting it where none is open. */
export async function signalEdition(
  { knex, workflows }: Pick<ActivityDeps, 'knex' | 'workflows'>,
  plan: RebuildPlan,
): Promise<void> {
  const edition = await Edition.query(knex).findById(plan.editionId).throwIfNotFound();
  const build =
    edition.build_id === null ? undefined : await Build.query(knex).findById(edition.build_id).select('slug');
  await workflows.signalEdition({
    editionId: edition.id,
    generation: edition.generation,
    productSlug: plan.productSlug,
    editionSlug: edition.slug,
    buildId: edition.build_id,
    buildSlug: build?.slug ?? null,
  });
}
