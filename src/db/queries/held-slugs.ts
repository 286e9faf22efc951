import type { Knex } from 'knex';

/** Every slug of a product that no new edition can have: those of all editions, and those still being vacated. */
export async function heldSlugs(knex: Knex, productId: number): Promise<readonly string[]> {
  const rows = await knex('held_slugs').where({ product_id: productId }).select<{ slug: string }[]>('slug');
  return rows.map(({ slug }) => slug);
}

/** Whether a slug is among {@link heldSlugs}. */
export async function isSlugHeld(knex: Knex, productId: number, slug: string): Promise<boolean> {
  const rows = await knex('held_slugs').where({ product_id: productId, slug }).select('slug');
  return rows.length > 0;
}
