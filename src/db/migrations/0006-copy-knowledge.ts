import type { Knex } from 'knex';

/**
 * What is known of the objects at an edition's prefix without asking for each of them. All of it may be lost without
 * harm: then everything is copied again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    -- Under which policy for headers, and where, the published and the tried builds wrote everything that is at the
    -- prefix. Null where that is not known.
    ALTER TABLE editions ADD COLUMN headers_policy text;
    -- The policy of the copy that the recorded phase is about; it becomes headers_policy with the publication.
    ALTER TABLE editions ADD COLUMN copied_policy text;

    -- What copies were answered where that is not the ETag of their source: objects in parts, encryption by KMS.
    CREATE TABLE edition_etags (
      edition_id integer NOT NULL,
      -- Without the prefix, in UTF-8, as bytes: it compares as the object store compares it.
      key bytea NOT NULL,
      source_etag text NOT NULL,
      etag text NOT NULL,
      CONSTRAINT edition_etags_pkey PRIMARY KEY (edition_id, key),
      CONSTRAINT edition_etags_edition_id_fkey FOREIGN KEY (edition_id) REFERENCES editions (id) ON DELETE CASCADE
    );
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
