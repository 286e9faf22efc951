import type { Knex } from 'knex';

/** An edition that needs work, with what its wake says. */
export interface OverdueEdition {
  readonly editionId: number;
  readonly generation: number;
  readonly productSlug: string;
  readonly editionSlug: string;
  readonly buildSlug: string | null;
  /** The generation of the plan under way; null when there is none. */
  readonly planGeneration: number | null;
  /** The generation that an open run was last nudged about. */
  readonly nudgedGeneration: number;
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
export async function overdueEditions(
  knex: Knex,
  { after, limit }: OverdueTurn,
): Promise<readonly OverdueEdition[]> {
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
    .select<OverdueEdition[]>({
      editionId: 'editions.id',
      generation: 'editions.generation',
      productSlug: 'products.slug',
      editionSlug: 'editions.slug',
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
      knex('editions').where('purging', true).select('id'),
      knex('held_slugs').where('vacating', true).select('edition_id'),
    ]);
}

/** Products whose dashboard is behind, in the order of their ids. */
export async function overdueDashboards(
  knex: Knex,
  { after, limit }: OverdueTurn,
): Promise<readonly OverdueDashboard[]> {
  return knex('products')
    .whereRaw('dashboard_built_generation < dashboard_generation')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .select<OverdueDashboard[]>({ productId: 'id', generation: 'dashboard_generation', productSlug: 'slug' });
}

/** Notes that an open run was nudged about this generation, so that it is nudged once. */
export async function noteNudge(knex: Knex, editionId: number, generation: number): Promise<void> {
  await knex('editions').where({ id: editionId }).update({ nudged_generation: generation });
}
