import type { Knex } from 'knex';

/** Stores with a task what its request told the client, so that the address of the task says why nothing was published. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    ALTER TABLE tasks ADD COLUMN notices text[] DEFAULT '{}' NOT NULL;
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
