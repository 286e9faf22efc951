import type { Knex } from 'knex';
import { mayPurgeNow } from './owed-purges.js';

/** An edition that needs work, with what its wake says. */
export interface OverdueEdition {
  readonly editionId: number;
  readonly generation: number;
  readonly productSlug: string;
  readonly editionSlug: string;
  readonly buildId: number | null;
  readonly buildSlug: string | null;
  /** The generation of the plan under way; null when there is none. */
  readonly planGeneration: number | null;
  /** The generation that an open run was last nudged about. */
  readonly nudgedGeneration: number;
  /** Whether it owes the CDN a purge and its objects are as they should be. */
  readonly onlyOwesPurge: boolean;
}

/** A product whose dashboard is behind. */
export interface OverdueDashboard {
  readonly productId: number;
  readonly generation: number;
  readonly productSlug: string;
}

/** Which of those that are behind to give: the first so many whose ids come after one. */
export interface OverdueTurn {
  readonly after: number;
  readonly limit: number;
}

/** Editions that need work and are not pausing after a failed restore, in the order of their ids. */
export async function overdueEditions(knex: Knex, { after, limit }: OverdueTurn): Promise<readonly OverdueEdition[]> {
  return knex('editions')
    .join('products', 'products.id', 'editions.product_id')
    .leftJoin('builds', 'builds.id', 'editions.build_id')
    .whereIn('editions.id', needy(knex))
    .where('editions.id', '>', after)
    .where((due) => {
      void due
        .where('editions.pending_rebuild', true)
        .orWhereNull('editions.restore_after')
        .orWhere('editions.restore_after', '<=', knex.fn.now());
    })
    .orderBy('editions.id')
    .limit(limit)
    .select(knex.raw('NOT (editions.pending_rebuild OR editions.dirty OR editions.deleting) AS "onlyOwesPurge"'))
    .select<OverdueEdition[]>({
      editionId: 'editions.id',
      generation: 'editions.generation',
      productSlug: 'products.slug',
      editionSlug: 'editions.slug',
      buildId: 'builds.id',
      buildSlug: 'builds.slug',
      planGeneration: 'editions.plan_generation',
      nudgedGeneration: 'editions.nudged_generation',
    });
}

/** The ids of editions that need work, each part by an index of its own: an OR of them would read every edition. */
function needy(knex: Knex): Knex.QueryBuilder {
  return knex('editions')
    .whereRaw('(pending_rebuild OR dirty)')
    .select('id')
    .union([
      knex('editions').where('deleting', true).select('id'),
      knex('held_slugs').where('vacating', true).select('edition_id'),
      knex('editions').whereRaw(mayPurgeNow).select('id'),
    ]);
}

/** Products whose dashboard is behind, or owes the CDN a purge whose pause is over, in the order of their ids. */
export async function overdueDashboards(
  knex: Knex,
  { after, limit }: OverdueTurn,
): Promise<readonly OverdueDashboard[]> {
  return knex('products')
    .whereIn('id', overdueProducts(knex))
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .select<OverdueDashboard[]>({ productId: 'id', generation: 'dashboard_generation', productSlug: 'slug' });
}

/** Each part by an index of its own, as {@link needy}. */
function overdueProducts(knex: Knex): Knex.QueryBuilder {
  return knex('products')
    .whereRaw('dashboard_built_generation < dashboard_generation')
    .select('id')
    .union([knex('products').whereRaw(mayPurgeNow).select('id')]);
}

/** Notes that an open run was nudged about this generation, so that it is nudged once. */
export async function noteNudge(knex: Knex, editionId: number, generation: number): Promise<void> {
  await knex('editions').where({ id: editionId }).update({ nudged_generation: generation });
}
