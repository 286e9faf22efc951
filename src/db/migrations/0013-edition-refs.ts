import type { Knex } from 'knex';

/**
 * Finds the editions that a build is the business of without reading all of its product: those that track its refs, and
 * those that look at every build. A hash of the refs, for a list of them may be longer than what an index takes.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    CREATE INDEX editions_tracked_refs_idx ON editions (product_id, jsonb_hash(tracked_refs));
    CREATE INDEX editions_tracking_idx ON editions (product_id) WHERE mode NOT IN ('manual', 'git_refs');
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
