import type { Knex } from 'knex';
import { raw } from 'objection';
import type { CopyCounts } from '../../domain/copy-counts.js';
import { editionEvent, isAnnounced } from '../../domain/edition-event.js';
import { productDomain } from '../../domain/published-urls.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import { EditionEventRow } from '../models/edition-event.js';
import { Edition } from '../models/edition.js';
import type { Product } from '../models/product.js';
import { Rebuild } from '../models/rebuild.js';
import { closeTasks } from './close-tasks.js';
import { lockProductAndEdition, noPlan, noRestore } from './lock.js';
import { closeRebuilds } from './settle.js';

/** How a publication ended. */
export interface PublicationReport {
  readonly counts: CopyCounts;
  /** A problem that did not prevent the publication, or null. */
  readonly warning: string | null;
  /** Null if no receiver of events is set. @default null */
  readonly events?: EventSettings | null;
}

/**
 * Ends a plan as published (or, for a restore, as whole again or deleted) if the row proves it: the plan is current, no
 * attempt holds the lease, and the phase is `verified`. An activity's result proves nothing, because a person can
 * supply it by hand.
 *
 * @returns false if the row does not prove it: the caller looks at the edition again.
 */
export async function finishRebuild(
  trx: Knex.Transaction,
  plan: RebuildPlan,
  report: PublicationReport,
): Promise<boolean> {
  const { product, edition } = await lockProductAndEdition(trx, plan.editionId);
  const proven = edition.plan_id === plan.planId && edition.writer_id === null && edition.phase === 'verified';
  if (!proven) return false;
  const deleted = edition.deleting && plan.target === null;
  if (!plan.restore) await closePublished(trx, { plan, edition, report });
  const { date_rebuilt: publishedAt } = await Edition.query(trx)
    .findById(edition.id)
    .patch({
      published_build_id: plan.target?.id ?? null,
      published_slug: plan.target === null ? null : plan.editionSlug,
      dirty: false,
      tried_builds: [],
      headers_policy: plan.target === null ? null : edition.copied_policy,
      may_hold_objects: plan.target !== null,
      copied_policy: null,
      ...noPlan,
      ...noRestore,
      // A deleted edition declares no build, so that it keeps none from deletion.
      ...(deleted ? { deleting: false, objects_deleted_at: raw('now()'), build_id: null } : {}),
      ...(plan.restore
        ? {}
        : {
            settled_generation: Math.max(edition.settled_generation, plan.generation),
            date_rebuilt: raw('now()'),
          }),
    })
    .returning('date_rebuilt')
    .first()
    .throwIfNotFound();
  if (report.events) await recordEvent(trx, { plan, product, edition, publishedAt }, report.events);
  await closeTasks(trx, edition.product_id);
  return true;
}

async function closePublished(
  trx: Knex.Transaction,
  {
    plan,
    edition,
    report: { counts, warning },
  }: { readonly plan: RebuildPlan; readonly edition: Edition; readonly report: PublicationReport },
): Promise<void> {
  await Rebuild.query(trx)
    .where({ edition_id: edition.id, generation: plan.generation })
    .whereNull('outcome')
    .patch({ counts, purge_due: edition.purge_done < edition.purge_due ? edition.purge_due : null });
  await closeRebuilds(trx, {
    edition,
    generation: plan.generation,
    outcome: 'published',
    ...(warning === null ? {} : { error: warning }),
  });
}

/** How events are built. */
interface EventSettings {
  /** The configured base of the API's URLs; null: the base of the edition's latest writing request. */
  readonly baseUrl: string | null;
}

/** A publication. */
interface Publication {
  readonly plan: RebuildPlan;
  readonly product: Product;
  /** The row before the publication. */
  readonly edition: Edition;
  readonly publishedAt: Date;
}

/** Stores the event of a publication in the same transaction, unless `isAnnounced` says that it is no news. */
async function recordEvent(trx: Knex.Transaction, publication: Publication, { baseUrl }: EventSettings): Promise<void> {
  const { plan, product, edition, publishedAt } = publication;
  const { restore, target } = plan;
  const onlyMoved = !(await asksForContent(trx, publication));
  const published = edition.published_build_id;
  if (target === null || !isAnnounced({ restore, target: target.id, published, onlyMoved })) return;
  await EditionEventRow.query(trx).insert({
    edition_id: edition.id,
    generation: plan.generation,
    payload: editionEvent({
      publishedAt,
      baseUrl: baseUrl ?? edition.base_url,
      // The published slug; the row may have a newer one.
      edition: { id: edition.id, slug: plan.editionSlug, title: edition.title },
      product,
      domain: productDomain(product.slug, product.root_domain),
      buildId: target.id,
    }),
  });
}

/** Whether a generation that ends with this publication changed more than the slug. */
async function asksForContent(
  trx: Knex.Transaction,
  { plan, edition }: Pick<Publication, 'plan' | 'edition'>,
): Promise<boolean> {
  const rebuild = await Rebuild.query(trx)
    .where({ edition_id: edition.id, only_moves: false })
    .where('generation', '>', edition.settled_generation)
    .where('generation', '<=', plan.generation)
    .select('id')
    .first();
  return rebuild !== undefined;
}
