import type { Knex } from 'knex';

/**
 * The first schema. Immutable once released: a change is a new migration. Every constraint has a name, because the
 * queries translate violations by it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    CREATE TABLE users (
      id integer GENERATED ALWAYS AS IDENTITY,
      username text NOT NULL,
      password_hash text NOT NULL,
      permissions integer NOT NULL,
      -- Part of every token: a new password makes a new key, which ends older tokens.
      token_key uuid NOT NULL DEFAULT gen_random_uuid(),
      date_created timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT users_pkey PRIMARY KEY (id),
      CONSTRAINT users_username_key UNIQUE (username),
      CONSTRAINT users_username_check CHECK (username <> '' AND position(':' IN username) = 0),
      CONSTRAINT users_permissions_check CHECK (permissions BETWEEN 0 AND 31)
    );

    CREATE TABLE products (
      id integer GENERATED ALWAYS AS IDENTITY,
      slug text NOT NULL,
      doc_repo text NOT NULL,
      title text NOT NULL,
      root_domain text NOT NULL,
      root_fastly_domain text NOT NULL,
      bucket_name text NOT NULL,
      surrogate_key text NOT NULL,
      -- The address of the latest writing request. Background work builds URLs from it.
      base_url text NOT NULL,
      date_created timestamptz NOT NULL DEFAULT now(),
      -- The dashboard is level-triggered, as an edition is: it is behind while built < dashboard_generation.
      dashboard_generation integer NOT NULL DEFAULT 0,
      dashboard_attempted_generation integer NOT NULL DEFAULT 0,
      dashboard_built_generation integer NOT NULL DEFAULT 0,
      dashboard_error text,
      dashboard_result text,
      -- Digest of the pages that the service last wrote as a whole. It skips pages that did not change.
      dashboard_digest text,
      -- The DNS record of the product's domain. Null if nobody asked for one.
      domain_record text,
      domain_record_error text,
      domain_record_failures integer NOT NULL DEFAULT 0,
      domain_record_after timestamptz,
      -- A purge is owed while purge_done < purge_due. An attempt raises purge_due before its first write, and again
      -- when it records what it wrote. A confirmed purge sets purge_done to the purge_due that was read before it was
      -- sent.
      purge_due integer NOT NULL DEFAULT 0,
      purge_done integer NOT NULL DEFAULT 0,
      -- Since when a purge is owed. Meaningless while none is.
      purge_since timestamptz,
      -- The growing pause after failed purges, and the last error.
      purge_failures integer NOT NULL DEFAULT 0,
      purge_after timestamptz,
      purge_error text,
      CONSTRAINT products_pkey PRIMARY KEY (id),
      CONSTRAINT products_slug_key UNIQUE (slug),
      CONSTRAINT products_dashboard_check CHECK (
        dashboard_built_generation <= dashboard_generation
        AND dashboard_attempted_generation <= dashboard_generation
      ),
      CONSTRAINT products_dashboard_result_check CHECK (dashboard_result IN ('built', 'skipped')),
      CONSTRAINT products_domain_record_check CHECK (domain_record IN ('wanted', 'registered')),
      CONSTRAINT products_purge_check CHECK (purge_done <= purge_due)
    );
    -- For Reconcile: the few products with a dashboard that is behind, a missing DNS record or an owed purge.
    CREATE INDEX products_dashboard_behind_idx ON products (id)
      WHERE dashboard_built_generation < dashboard_generation;
    CREATE INDEX products_domain_record_wanted_idx ON products (id) WHERE domain_record = 'wanted';
    CREATE INDEX products_purge_owed_idx ON products (id) WHERE purge_done < purge_due;

    CREATE TABLE builds (
      id integer GENERATED ALWAYS AS IDENTITY,
      product_id integer NOT NULL,
      slug text NOT NULL,
      git_refs jsonb NOT NULL,
      github_requester text,
      surrogate_key text NOT NULL,
      uploaded boolean NOT NULL DEFAULT false,
      date_created timestamptz NOT NULL DEFAULT now(),
      date_uploaded timestamptz,
      date_ended timestamptz,
      -- Final: the client stopped uploading and never announced the build.
      abandoned_at timestamptz,
      -- When to check next whether the upload goes on. Null before the first check.
      upload_look_at timestamptz,
      -- The latest start of the deletion of its objects. Final: no edition can declare the build any more.
      deletion_started_at timestamptz,
      objects_deleted_at timestamptz,
      CONSTRAINT builds_pkey PRIMARY KEY (id),
      CONSTRAINT builds_product_id_slug_key UNIQUE (product_id, slug),
      CONSTRAINT builds_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
      CONSTRAINT builds_abandoned_at_check CHECK (abandoned_at IS NULL OR NOT uploaded),
      CONSTRAINT builds_deletion_started_at_check CHECK (
        deletion_started_at IS NULL OR date_ended IS NOT NULL OR abandoned_at IS NOT NULL
      ),
      CONSTRAINT builds_objects_deleted_at_check CHECK (
        objects_deleted_at IS NULL OR deletion_started_at IS NOT NULL
      )
    );
    CREATE INDEX builds_product_id_id_idx ON builds (product_id, id);
    -- For Reconcile: uploads that may have stopped, and builds whose objects may be due for deletion.
    CREATE INDEX builds_uploading_idx ON builds (id)
      WHERE NOT uploaded AND date_ended IS NULL AND abandoned_at IS NULL;
    CREATE INDEX builds_ended_idx ON builds (date_ended) WHERE date_ended IS NOT NULL AND objects_deleted_at IS NULL;
    CREATE INDEX builds_abandoned_idx ON builds (id) WHERE abandoned_at IS NOT NULL AND objects_deleted_at IS NULL;

    CREATE TABLE editions (
      id integer GENERATED ALWAYS AS IDENTITY,
      product_id integer NOT NULL,
      slug text NOT NULL,
      title text NOT NULL,
      mode text NOT NULL,
      tracked_refs jsonb,
      surrogate_key text NOT NULL,
      base_url text NOT NULL,
      date_created timestamptz NOT NULL DEFAULT now(),
      date_rebuilt timestamptz NOT NULL DEFAULT now(),
      date_ended timestamptz,
      -- The declared state.
      build_id integer,
      tracked_build_id integer,
      generation integer NOT NULL DEFAULT 0,
      settled_generation integer NOT NULL DEFAULT 0,
      pending_rebuild boolean NOT NULL GENERATED ALWAYS AS (generation > settled_generation) STORED,
      -- The verified state of the bucket.
      published_build_id integer,
      published_slug text,
      dirty boolean NOT NULL DEFAULT false,
      -- The policy for headers, and the place, of every object at the prefix. Null if it is unknown.
      headers_policy text,
      -- Whether an attempt began to write to the empty prefix: then only a listing can show that it is empty again.
      may_hold_objects boolean NOT NULL DEFAULT false,
      -- The running rebuild, and the lease of its writer.
      plan_id uuid,
      plan_generation integer,
      phase text,
      writer_id uuid,
      writer_seen_at timestamptz,
      tried_builds integer[] NOT NULL DEFAULT '{}',
      -- The policy of the copy of the recorded phase. The publication makes it headers_policy.
      copied_policy text,
      -- A purge is owed while purge_done < purge_due. An attempt raises purge_due before its first write, and again
      -- when it records what it wrote. A confirmed purge sets purge_done to the purge_due that was read before it was
      -- sent.
      purge_due integer NOT NULL DEFAULT 0,
      purge_done integer NOT NULL DEFAULT 0,
      -- Since when a purge is owed. Meaningless while none is.
      purge_since timestamptz,
      -- The growing pause after failed purges, and the last error.
      purge_failures integer NOT NULL DEFAULT 0,
      purge_after timestamptz,
      purge_error text,
      -- The objects are due for deletion. True for deprecated editions only.
      deleting boolean NOT NULL DEFAULT false,
      objects_deleted_at timestamptz,
      -- For Reconcile: the generation about which it last signalled an open run, and the pause after failed restores.
      nudged_generation integer NOT NULL DEFAULT 0,
      restore_failures integer NOT NULL DEFAULT 0,
      restore_after timestamptz,
      -- When the audit last compared the bucket with the published build.
      audited_at timestamptz,
      CONSTRAINT editions_pkey PRIMARY KEY (id),
      CONSTRAINT editions_product_id_slug_key UNIQUE (product_id, slug),
      CONSTRAINT editions_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
      CONSTRAINT editions_build_id_fkey FOREIGN KEY (build_id) REFERENCES builds (id),
      CONSTRAINT editions_tracked_build_id_fkey FOREIGN KEY (tracked_build_id) REFERENCES builds (id),
      CONSTRAINT editions_published_build_id_fkey FOREIGN KEY (published_build_id) REFERENCES builds (id),
      CONSTRAINT editions_generation_check CHECK (settled_generation <= generation),
      CONSTRAINT editions_phase_check CHECK (phase IN ('copied', 'verified')),
      CONSTRAINT editions_purge_check CHECK (purge_done <= purge_due),
      CONSTRAINT editions_deleting_check CHECK (NOT deleting OR date_ended IS NOT NULL),
      CONSTRAINT editions_objects_deleted_at_check CHECK (objects_deleted_at IS NULL OR date_ended IS NOT NULL)
    );
    CREATE INDEX editions_build_id_idx ON editions (build_id);
    CREATE INDEX editions_published_build_id_idx ON editions (published_build_id);
    -- For tracking: the editions of these refs, and those that consider every build. A list of refs may be longer than
    -- an index takes, so the index holds a hash.
    CREATE INDEX editions_tracked_refs_idx ON editions (product_id, jsonb_hash(tracked_refs));
    CREATE INDEX editions_tracking_idx ON editions (product_id) WHERE mode NOT IN ('manual', 'git_refs');
    -- For Reconcile: the few editions that need work for a reason in their own row.
    CREATE INDEX editions_needing_work_idx ON editions (id) WHERE pending_rebuild OR dirty;
    CREATE INDEX editions_purge_owed_idx ON editions (id) WHERE purge_done < purge_due;
    CREATE INDEX editions_deleting_idx ON editions (id) WHERE deleting;
    CREATE INDEX editions_ended_idx ON editions (date_ended)
      WHERE date_ended IS NOT NULL AND objects_deleted_at IS NULL;
    -- For the deletion of builds: the few editions to which unfinished plans may have written.
    CREATE INDEX editions_tried_idx ON editions (product_id) WHERE tried_builds <> '{}';
    -- For the audit: the next edition, and the time of the last audit.
    CREATE INDEX editions_audit_turn_idx ON editions (audited_at NULLS FIRST, id)
      WHERE NOT pending_rebuild AND NOT dirty AND published_build_id IS NOT NULL;
    CREATE INDEX editions_audited_at_idx ON editions (audited_at);

    -- Every slug whose prefix may hold objects of an edition. The primary key keeps two editions from sharing a prefix,
    -- even while one of them moves away from it.
    CREATE TABLE held_slugs (
      product_id integer NOT NULL,
      slug text NOT NULL,
      edition_id integer NOT NULL,
      -- True for a former slug of the edition: the worker deletes its objects, then the slug is free.
      vacating boolean NOT NULL DEFAULT false,
      CONSTRAINT held_slugs_pkey PRIMARY KEY (product_id, slug),
      CONSTRAINT held_slugs_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
      CONSTRAINT held_slugs_edition_id_fkey FOREIGN KEY (edition_id) REFERENCES editions (id)
    );
    CREATE INDEX held_slugs_edition_id_idx ON held_slugs (edition_id);
    CREATE INDEX held_slugs_vacating_idx ON held_slugs (edition_id) WHERE vacating;

    -- The history of each edition: one row for each generation.
    CREATE TABLE rebuilds (
      id bigint GENERATED ALWAYS AS IDENTITY,
      edition_id integer NOT NULL,
      generation integer NOT NULL,
      build_id integer NOT NULL,
      slug text NOT NULL,
      -- True if the generation only changes the slug. Such a rebuild sends no event.
      only_moves boolean NOT NULL DEFAULT false,
      requested_by text NOT NULL,
      requested_at timestamptz NOT NULL DEFAULT now(),
      -- The id of the HTTP request. Null for a rebuild without one.
      request_id text,
      started_at timestamptz,
      finished_at timestamptz,
      outcome text,
      superseded_by bigint,
      error text,
      counts jsonb,
      -- The dashboard generation that its end requested.
      dashboard_generation integer,
      -- The edition's purge_due if the publication's purge was not confirmed; null otherwise.
      purge_due integer,
      CONSTRAINT rebuilds_pkey PRIMARY KEY (id),
      CONSTRAINT rebuilds_edition_id_generation_key UNIQUE (edition_id, generation),
      CONSTRAINT rebuilds_edition_id_fkey FOREIGN KEY (edition_id) REFERENCES editions (id),
      CONSTRAINT rebuilds_build_id_fkey FOREIGN KEY (build_id) REFERENCES builds (id),
      CONSTRAINT rebuilds_superseded_by_fkey FOREIGN KEY (superseded_by) REFERENCES rebuilds (id),
      CONSTRAINT rebuilds_outcome_check CHECK (outcome IN ('published', 'superseded', 'failed', 'cancelled', 'reset')),
      CONSTRAINT rebuilds_finished_check CHECK ((outcome IS NULL) = (finished_at IS NULL))
    );
    CREATE INDEX rebuilds_build_id_idx ON rebuilds (build_id);
    CREATE INDEX rebuilds_unfinished_idx ON rebuilds (edition_id) WHERE outcome IS NULL;

    -- One row for each accepted request. The row alone answers for a finished task.
    CREATE TABLE tasks (
      id uuid NOT NULL DEFAULT gen_random_uuid(),
      product_id integer NOT NULL,
      -- The dashboard generation that the request itself asked for.
      dashboard_generation integer NOT NULL,
      -- The notices of the request's answer, which queue_url repeats.
      notices text[] NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      status text,
      metadata jsonb,
      CONSTRAINT tasks_pkey PRIMARY KEY (id),
      CONSTRAINT tasks_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
      CONSTRAINT tasks_status_check CHECK (status IN ('SUCCESS', 'FAILURE', 'REVOKED')),
      CONSTRAINT tasks_finished_check CHECK ((status IS NULL) = (finished_at IS NULL))
    );
    CREATE INDEX tasks_unfinished_idx ON tasks (product_id) WHERE finished_at IS NULL;

    CREATE TABLE task_rebuilds (
      task_id uuid NOT NULL,
      rebuild_id bigint NOT NULL,
      CONSTRAINT task_rebuilds_pkey PRIMARY KEY (task_id, rebuild_id),
      CONSTRAINT task_rebuilds_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
      CONSTRAINT task_rebuilds_rebuild_id_fkey FOREIGN KEY (rebuild_id) REFERENCES rebuilds (id)
    );
    CREATE INDEX task_rebuilds_rebuild_id_idx ON task_rebuilds (rebuild_id);

    -- The dashboards that a task of several products still waits for, that of its own product included.
    CREATE TABLE task_dashboards (
      task_id uuid NOT NULL,
      product_id integer NOT NULL,
      generation integer NOT NULL,
      CONSTRAINT task_dashboards_pkey PRIMARY KEY (task_id, product_id),
      CONSTRAINT task_dashboards_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
      CONSTRAINT task_dashboards_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id)
    );
    CREATE INDEX task_dashboards_product_id_idx ON task_dashboards (product_id);

    -- An outbox: the transaction of a publication writes the event, the worker delivers it afterwards. The events of an
    -- edition keep the order of their ids.
    CREATE TABLE edition_events (
      id bigint GENERATED ALWAYS AS IDENTITY,
      edition_id integer NOT NULL,
      generation integer NOT NULL,
      -- json, because jsonb changes the order of keys.
      payload json NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      outcome text,
      error text,
      CONSTRAINT edition_events_pkey PRIMARY KEY (id),
      CONSTRAINT edition_events_edition_id_generation_key UNIQUE (edition_id, generation),
      CONSTRAINT edition_events_edition_id_fkey FOREIGN KEY (edition_id) REFERENCES editions (id),
      CONSTRAINT edition_events_outcome_check CHECK (outcome IN ('delivered', 'rejected')),
      CONSTRAINT edition_events_finished_check CHECK ((outcome IS NULL) = (finished_at IS NULL))
    );
    -- The next event of an edition and, for Reconcile, the few undelivered ones.
    CREATE INDEX edition_events_undelivered_idx ON edition_events (edition_id, id) WHERE outcome IS NULL;
    -- For the deletion of old events.
    CREATE INDEX edition_events_finished_at_idx ON edition_events (finished_at) WHERE outcome IS NOT NULL;

    -- The objects of a build: a row for each recording, and chunks of some 1,000 objects. The worker can record all of
    -- it again from the bucket.
    CREATE TABLE manifests (
      id bigint GENERATED ALWAYS AS IDENTITY,
      build_id integer NOT NULL,
      -- Whether the recording began after the upload. Only such a manifest can be complete.
      after_upload boolean NOT NULL,
      complete boolean NOT NULL DEFAULT false,
      -- Null for a draft. A draft that nothing has touched for hours belonged to a process that was killed.
      finished_at timestamptz,
      touched_at timestamptz NOT NULL DEFAULT now(),
      objects integer NOT NULL DEFAULT 0,
      bytes bigint NOT NULL DEFAULT 0,
      CONSTRAINT manifests_pkey PRIMARY KEY (id),
      CONSTRAINT manifests_build_id_fkey FOREIGN KEY (build_id) REFERENCES builds (id),
      CONSTRAINT manifests_complete_check CHECK (NOT complete OR (after_upload AND finished_at IS NOT NULL))
    );
    CREATE UNIQUE INDEX manifests_complete_key ON manifests (build_id) WHERE complete;
    -- One finished manifest of a build stays: the complete one, else the one that began last.
    CREATE INDEX manifests_build_id_idx ON manifests (build_id, id) WHERE finished_at IS NOT NULL;
    CREATE INDEX manifests_drafts_idx ON manifests (build_id) WHERE finished_at IS NULL;

    CREATE TABLE manifest_chunks (
      manifest_id bigint NOT NULL,
      number integer NOT NULL,
      -- In UTF-8, as bytes: text cannot hold every key, and bytes compare as the object store compares.
      last_key bytea NOT NULL,
      -- The format of src/db/manifests/manifest-chunk.ts.
      entries bytea NOT NULL,
      CONSTRAINT manifest_chunks_pkey PRIMARY KEY (manifest_id, number),
      CONSTRAINT manifest_chunks_manifest_id_fkey FOREIGN KEY (manifest_id) REFERENCES manifests (id) ON DELETE CASCADE
    );

    -- ETags of copies that differ from the ETag of their source: objects in parts, encryption by KMS. Losing them costs
    -- a copy of every object, nothing else.
    CREATE TABLE edition_etags (
      edition_id integer NOT NULL,
      -- Without the prefix, in UTF-8, as bytes.
      key bytea NOT NULL,
      source_etag text NOT NULL,
      etag text NOT NULL,
      CONSTRAINT edition_etags_pkey PRIMARY KEY (edition_id, key),
      CONSTRAINT edition_etags_edition_id_fkey FOREIGN KEY (edition_id) REFERENCES editions (id) ON DELETE CASCADE
    );

    -- The marks by which a bucket shows that this database is not older than the bucket.
    CREATE TABLE bucket_marks (
      bucket_name text NOT NULL,
      -- Marks that the bucket may hold: the one last seen there, and those written since.
      tokens uuid[] NOT NULL,
      -- Whether the service ever saw the bucket hold one of its marks.
      seen boolean NOT NULL DEFAULT false,
      CONSTRAINT bucket_marks_pkey PRIMARY KEY (bucket_name)
    );

    -- One row: the id of the last item of each part of a pass of Reconcile. The next pass continues after it.
    CREATE TABLE reconcile_passes (
      id boolean NOT NULL DEFAULT true,
      cursors jsonb NOT NULL DEFAULT '{}',
      CONSTRAINT reconcile_passes_pkey PRIMARY KEY (id),
      CONSTRAINT reconcile_passes_id_check CHECK (id)
    );
    INSERT INTO reconcile_passes DEFAULT VALUES;
  `);
}

/** Migrations only go forward: undo a release by a new migration, which loses no data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
