import type { Knex } from 'knex';

/** Drops the number of passes that Reconcile has made: buckets have marks instead, and no code reads the number. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    ALTER TABLE reconcile_passes DROP COLUMN pass;
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
