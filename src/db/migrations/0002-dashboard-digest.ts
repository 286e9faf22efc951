import type { Knex } from 'knex';

/** What the built-in dashboard of a product was when it was last written whole and purged, so that nothing is twice. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE products ADD COLUMN dashboard_digest text');
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
