import { Build } from '../../db/models/build.js';
import { Edition } from '../../db/models/edition.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

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
