import type { Knex } from 'knex';

/** What a bucket was seen to hold, and where the next pass of Reconcile goes on. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    -- Whether the bucket was ever seen to hold one of its marks.
    ALTER TABLE bucket_marks ADD COLUMN seen boolean NOT NULL DEFAULT false;
    -- The id of the last item that each part of a pass has begun with; 0 or none: it begins with the first.
    ALTER TABLE reconcile_passes ADD COLUMN cursors jsonb NOT NULL DEFAULT '{}';
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
