import type { Knex } from 'knex';

/** By which marks each bucket shows that it and the database are in step. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    CREATE TABLE bucket_marks (
      bucket_name text NOT NULL,
      -- Those that the bucket may hold: the one that was seen there last, and those that were written since.
      tokens uuid[] NOT NULL,
      CONSTRAINT bucket_marks_pkey PRIMARY KEY (bucket_name)
    );
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
