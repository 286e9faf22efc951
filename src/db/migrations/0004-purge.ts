import type { Knex } from 'knex';

/** What the removal of deprecated editions and builds, and of uploads that nobody ended, has to remember. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    ALTER TABLE editions
      -- Its objects are to be removed. Only ever true of a deprecated edition.
      ADD COLUMN purging boolean NOT NULL DEFAULT false,
      ADD COLUMN purged_at timestamptz,
      ADD CONSTRAINT editions_purging_check CHECK (NOT purging OR date_ended IS NOT NULL),
      ADD CONSTRAINT editions_purged_at_check CHECK (purged_at IS NULL OR date_ended IS NOT NULL);
    -- For Reconcile: the few editions that need work for this reason, and those that may be due.
    CREATE INDEX editions_purging_idx ON editions (id) WHERE purging;
    CREATE INDEX editions_ended_idx ON editions (date_ended)
      WHERE date_ended IS NOT NULL AND purged_at IS NULL;
    -- For what keeps a build from being purged: the few editions that plans have written to and not ended.
    CREATE INDEX editions_tried_idx ON editions (product_id) WHERE tried_builds <> '{}';

    ALTER TABLE builds
      -- Final: the upload was given up for dead.
      ADD COLUMN abandoned_at timestamptz,
      -- When to look next whether the upload is still alive; null before the first time.
      ADD COLUMN upload_look_at timestamptz,
      -- The latest begin of the removal of its objects. Final: nothing can declare the build any more.
      ADD COLUMN purge_started_at timestamptz,
      ADD COLUMN purged_at timestamptz,
      ADD CONSTRAINT builds_abandoned_at_check CHECK (abandoned_at IS NULL OR NOT uploaded),
      ADD CONSTRAINT builds_purge_started_at_check CHECK (
        purge_started_at IS NULL OR date_ended IS NOT NULL OR abandoned_at IS NOT NULL
      ),
      ADD CONSTRAINT builds_purged_at_check CHECK (purged_at IS NULL OR purge_started_at IS NOT NULL);
    -- For Reconcile: uploads that may be dead, and builds whose objects may be due.
    CREATE INDEX builds_uploading_idx ON builds (id)
      WHERE NOT uploaded AND date_ended IS NULL AND abandoned_at IS NULL;
    CREATE INDEX builds_ended_idx ON builds (date_ended) WHERE date_ended IS NOT NULL AND purged_at IS NULL;
    CREATE INDEX builds_abandoned_idx ON builds (id) WHERE abandoned_at IS NOT NULL AND purged_at IS NULL;
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
