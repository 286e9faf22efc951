import type { Knex } from 'knex';

/** For whom a rebuild is: what a log line or a trace of the object store is found by, also where its wake was lost. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    -- The id of the HTTP request that asked for it; null where none did.
    ALTER TABLE rebuilds ADD COLUMN request_id text;
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
