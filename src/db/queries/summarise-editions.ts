import type { Knex } from 'knex';

/** The content of an edition's signal. */
interface EditionSummary {
  readonly editionId: number;
  readonly generation: number;
  readonly productSlug: string;
  readonly editionSlug: string;
  /** The declared build; both are null while there is none. */
  readonly buildId: number | null;
  readonly buildSlug: string | null;
}

/** Returns the content of the signals for these editions, ordered by id. */
export async function summariseEditions(knex: Knex, ids: readonly number[]): Promise<readonly EditionSummary[]> {
  // By ANY: one text however many there are.
  return knex('editions')
    .join('products', 'products.id', 'editions.product_id')
    .leftJoin('builds', 'builds.id', 'editions.build_id')
    .whereRaw('editions.id = ANY(CAST(? AS integer[]))', [[...ids]])
    .orderBy('editions.id')
    .select<EditionSummary[]>({
      editionId: 'editions.id',
      generation: 'editions.generation',
      productSlug: 'products.slug',
      editionSlug: 'editions.slug',
      buildId: 'builds.id',
      buildSlug: 'builds.slug',
    });
}

/**
 * Columns of a table as a statement selects them: by name and never as `*`, so that it can be prepared
 * (`statement-names.ts`) and reads no more than is used.
 */
export function selectList(table: string, columns: readonly string[]): string {
  return columns.map((column) => `${table}.${column}`).join(', ');
}
