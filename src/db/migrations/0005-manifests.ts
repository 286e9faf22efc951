import type { Knex } from 'knex';

/**
 * What builds hold: a row for each time that it was learnt, and its parts of some 1,000 objects. Everything here can be
 * learnt again from the bucket.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    CREATE TABLE manifests (
      id bigint GENERATED ALWAYS AS IDENTITY,
      build_id integer NOT NULL,
      -- Whether the build was uploaded when it was begun: only then can it be complete, for until then objects come.
      after_upload boolean NOT NULL,
      complete boolean NOT NULL DEFAULT false,
      -- Null while it is a draft. One that is not touched for hours is the leftover of a process that was killed.
      finished_at timestamptz,
      touched_at timestamptz NOT NULL DEFAULT now(),
      objects integer NOT NULL DEFAULT 0,
      bytes bigint NOT NULL DEFAULT 0,
      CONSTRAINT manifests_pkey PRIMARY KEY (id),
      CONSTRAINT manifests_build_id_fkey FOREIGN KEY (build_id) REFERENCES builds (id),
      CONSTRAINT manifests_complete_check CHECK (NOT complete OR (after_upload AND finished_at IS NOT NULL))
    );
    CREATE UNIQUE INDEX manifests_complete_key ON manifests (build_id) WHERE complete;
    -- Of the finished ones of a build one stays: the complete one, or else the one that was begun last.
    CREATE INDEX manifests_build_id_idx ON manifests (build_id, id) WHERE finished_at IS NOT NULL;
    CREATE INDEX manifests_drafts_idx ON manifests (build_id) WHERE finished_at IS NULL;

    CREATE TABLE manifest_chunks (
      manifest_id bigint NOT NULL,
      number integer NOT NULL,
      -- In UTF-8, as bytes: a key may hold what text cannot, and compares as the object store compares it.
      last_key bytea NOT NULL,
      -- See src/db/manifests/manifest-chunk.ts.
      entries bytea NOT NULL,
      CONSTRAINT manifest_chunks_pkey PRIMARY KEY (manifest_id, number),
      CONSTRAINT manifest_chunks_manifest_id_fkey FOREIGN KEY (manifest_id) REFERENCES manifests (id) ON DELETE CASCADE
    );
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
