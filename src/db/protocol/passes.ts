import type { Knex } from 'knex';
import { type EditionSummary, summaryColumns } from '../queries/editions.js';
import { mayPurgeNow } from './owed-purges.js';

/** A part of the items that a pass of Reconcile looks at: the first `limit` with ids after `after`. */
export interface PassTurn {
  readonly after: number;
  readonly limit: number;
}

/** Returns the id after which a part of a pass continues; 0 if the last pass reached the end. */
export async function passCursor(knex: Knex, part: string): Promise<number> {
  const row = await knex('reconcile_passes').first<{ cursor: number | null } | undefined>(
    knex.raw('CAST(cursors ->> ? AS integer) AS cursor', [part]),
  );
  return row?.cursor ?? 0;
}

/** Stores after which id the next pass continues, on any worker. */
export async function keepCursor(knex: Knex, part: string, id: number): Promise<void> {
  const cursor = knex.raw('cursors || jsonb_build_object(CAST(? AS text), CAST(? AS integer))', [part, id]);
  await knex('reconcile_passes').update({ cursors: cursor });
}

/** An edition that needs work. */
export interface OverdueEdition extends EditionSummary {
  /** The generation of the running plan; null if there is none. */
  readonly planGeneration: number | null;
  /** The generation that an open run was last signalled about. */
  readonly nudgedGeneration: number;
  /** Whether only a purge is due: the objects are right. */
  readonly onlyOwesPurge: boolean;
}

/** A product whose dashboard is behind. */
export interface OverdueDashboard {
  readonly productId: number;
  readonly generation: number;
  readonly productSlug: string;
}

/** Returns editions that need work and do not pause after a failed restore, ordered by id. */
export async function overdueEditions(knex: Knex, { after, limit }: PassTurn): Promise<readonly OverdueEdition[]> {
  return knex('editions')
    .join('products', 'products.id', 'editions.product_id')
    .leftJoin('builds', 'builds.id', 'editions.build_id')
    .whereIn('editions.id', editionsInNeed(knex))
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
      ...summaryColumns,
      planGeneration: 'editions.plan_generation',
      nudgedGeneration: 'editions.nudged_generation',
    });
}

/** Each part of the union uses an index; an OR of them would read every edition. */
function editionsInNeed(knex: Knex): Knex.QueryBuilder {
  return knex('editions')
    .whereRaw('(pending_rebuild OR dirty)')
    .select('id')
    .union([
      knex('editions').where('deleting', true).select('id'),
      knex('held_slugs').where('vacating', true).select('edition_id'),
      knex('editions').whereRaw(mayPurgeNow).select('id'),
    ]);
}

/** Returns products whose dashboard is behind, or whose purge may be sent now, ordered by id. */
export async function overdueDashboards(knex: Knex, { after, limit }: PassTurn): Promise<readonly OverdueDashboard[]> {
  return knex('products')
    .whereIn(
      'id',
      knex('products')
        .whereRaw('dashboard_built_generation < dashboard_generation')
        .select('id')
        .union([knex('products').whereRaw(mayPurgeNow).select('id')]),
    )
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .select<OverdueDashboard[]>({ productId: 'id', generation: 'dashboard_generation', productSlug: 'slug' });
}

/** Stores that an open run was signalled about this generation, so Reconcile signals it once. */
export async function noteNudge(knex: Knex, editionId: number, generation: number): Promise<void> {
  await knex('editions').where({ id: editionId }).update({ nudged_generation: generation });
}
