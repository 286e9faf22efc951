import type { Knex } from 'knex';
import { editionEvent, isAnnounced } from '../../domain/edition-event.js';
import { productDomain } from '../../domain/published-urls.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import type { Edition } from '../models/edition.js';
import { EditionEventRow } from '../models/edition-event.js';
import type { Product } from '../models/product.js';
import { Rebuild } from '../models/rebuild.js';

/** How events are made, where somebody listens. */
export interface EventSettings {
  /** The one base of the API's URLs, where it is configured; null: that of the edition's latest writing request. */
  readonly baseUrl: string | null;
}

/** What has just been published. */
export interface Publication {
  readonly plan: RebuildPlan;
  readonly product: Product;
  /** As it was before. */
  readonly edition: Edition;
  readonly publishedAt: Date;
}

/**
 * Writes down what the world is to be told of a publication, in the transaction that makes it true: whoever delivers it
 * finds it there if and only if it happened. Writes nothing for what is no news.
 */
export async function recordEvent(
  trx: Knex.Transaction,
  publication: Publication,
  { baseUrl }: EventSettings,
): Promise<void> {
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
      // Under which slug it is published; the row may say a newer one.
      edition: { id: edition.id, slug: plan.editionSlug, title: edition.title },
      product,
      domain: productDomain(product.slug, product.root_domain),
      buildId: target.id,
    }),
  });
}

/** Whether any of the generations that end with this publication asked for more than another slug. */
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
