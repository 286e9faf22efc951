import type { Knex } from 'knex';

/**
 * The first schema. Immutable once released: a change is a new migration. Every constraint has a name, for the query
 * layer translates violations by it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    CREATE TABLE users (
      id integer GENERATED ALWAYS AS IDENTITY,
      username text NOT NULL,
      password_hash text NOT NULL,
      permissions integer NOT NULL,
      -- Part of every token: a changed password makes a new one, and so ends the tokens made before.
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
      -- The address by which the latest writing request reached the API: what background work builds URLs from.
      base_url text NOT NULL,
      -- The dashboard is level-triggered, as an edition is: it is behind while built < dashboard_generation.
      dashboard_generation integer NOT NULL DEFAULT 0,
      dashboard_attempted_generation integer NOT NULL DEFAULT 0,
      dashboard_built_generation integer NOT NULL DEFAULT 0,
      dashboard_error text,
      dashboard_result text,
      date_created timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT products_pkey PRIMARY KEY (id),
      CONSTRAINT products_slug_key UNIQUE (slug),
      CONSTRAINT products_dashboard_check CHECK (
        dashboard_built_generation <= dashboard_generation
        AND dashboard_attempted_generation <= dashboard_generation
      ),
      CONSTRAINT products_dashboard_result_check CHECK (dashboard_result IN ('built', 'skipped'))
    );
    -- For Reconcile: the few products whose dashboard is behind.
    CREATE INDEX products_dashboard_behind_idx ON products (id)
      WHERE dashboard_built_generation < dashboard_generation;

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
      CONSTRAINT builds_pkey PRIMARY KEY (id),
      CONSTRAINT builds_product_id_slug_key UNIQUE (product_id, slug),
      CONSTRAINT builds_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id)
    );
    CREATE INDEX builds_product_id_id_idx ON builds (product_id, id);

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
      -- What should be.
      build_id integer,
      tracked_build_id integer,
      generation integer NOT NULL DEFAULT 0,
      settled_generation integer NOT NULL DEFAULT 0,
      pending_rebuild boolean NOT NULL GENERATED ALWAYS AS (generation > settled_generation) STORED,
      -- What the bucket holds, whole and verified.
      published_build_id integer,
      published_slug text,
      dirty boolean NOT NULL DEFAULT false,
      -- The rebuild that is under way, and who may write for it.
      plan_id uuid,
      plan_generation integer,
      phase text,
      writer_id uuid,
      writer_seen_at timestamptz,
      tried_builds integer[] NOT NULL DEFAULT '{}',
      -- Reconcile's memory: the generation it last nudged an open run about, and the pause after failed restores.
      nudged_generation integer NOT NULL DEFAULT 0,
      restore_failures integer NOT NULL DEFAULT 0,
      restore_after timestamptz,
      -- When the drift audit last looked whether the bucket still holds what was published.
      audited_at timestamptz,
      CONSTRAINT editions_pkey PRIMARY KEY (id),
      CONSTRAINT editions_product_id_slug_key UNIQUE (product_id, slug),
      CONSTRAINT editions_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
      CONSTRAINT editions_build_id_fkey FOREIGN KEY (build_id) REFERENCES builds (id),
      CONSTRAINT editions_tracked_build_id_fkey FOREIGN KEY (tracked_build_id) REFERENCES builds (id),
      CONSTRAINT editions_published_build_id_fkey FOREIGN KEY (published_build_id) REFERENCES builds (id),
      CONSTRAINT editions_generation_check CHECK (settled_generation <= generation),
      CONSTRAINT editions_phase_check CHECK (phase IN ('copied', 'verified'))
    );
    CREATE INDEX editions_build_id_idx ON editions (build_id);
    CREATE INDEX editions_published_build_id_idx ON editions (published_build_id);
    -- For Reconcile: the few editions that need work for a reason of their own row.
    CREATE INDEX editions_needing_work_idx ON editions (id) WHERE pending_rebuild OR dirty;

    -- For the drift audit: whose turn it is, and when the last one was.
    CREATE INDEX editions_audit_turn_idx ON editions (audited_at NULLS FIRST, id)
      WHERE NOT pending_rebuild AND NOT dirty AND published_build_id IS NOT NULL;
    CREATE INDEX editions_audited_at_idx ON editions (audited_at);

    -- Every slug whose prefix may hold objects of an edition. The primary key is what makes two editions never share a
    -- prefix, not even while one of them is still being moved away from it.
    CREATE TABLE held_slugs (
      product_id integer NOT NULL,
      slug text NOT NULL,
      edition_id integer NOT NULL,
      -- True for a slug that the edition had: its objects are to be removed, then the slug is free again.
      vacating boolean NOT NULL DEFAULT false,
      CONSTRAINT held_slugs_pkey PRIMARY KEY (product_id, slug),
      CONSTRAINT held_slugs_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
      CONSTRAINT held_slugs_edition_id_fkey FOREIGN KEY (edition_id) REFERENCES editions (id)
    );
    CREATE INDEX held_slugs_edition_id_idx ON held_slugs (edition_id);
    CREATE INDEX held_slugs_vacating_idx ON held_slugs (edition_id) WHERE vacating;

    -- The history of each edition: one row per generation.
    CREATE TABLE rebuilds (
      id bigint GENERATED ALWAYS AS IDENTITY,
      edition_id integer NOT NULL,
      generation integer NOT NULL,
      build_id integer NOT NULL,
      slug text NOT NULL,
      requested_by text NOT NULL,
      requested_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      finished_at timestamptz,
      outcome text,
      superseded_by bigint,
      error text,
      counts jsonb,
      -- The dashboard generation that its end asked for.
      dashboard_generation integer,
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

    -- One row per accepted request. A finished task is answered from its row alone.
    CREATE TABLE tasks (
      id uuid NOT NULL DEFAULT gen_random_uuid(),
      product_id integer NOT NULL,
      -- The dashboard generation that the request itself asked for.
      dashboard_generation integer NOT NULL,
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

    -- One row: how many passes Reconcile has made. Each bucket is told the number; a bucket that knows a greater one has
    -- seen passes that this database has forgotten, so the database was restored from an older copy.
    CREATE TABLE reconcile_passes (
      id boolean NOT NULL DEFAULT true,
      pass bigint NOT NULL DEFAULT 0,
      CONSTRAINT reconcile_passes_pkey PRIMARY KEY (id),
      CONSTRAINT reconcile_passes_id_check CHECK (id)
    );
    INSERT INTO reconcile_passes DEFAULT VALUES;

    CREATE TABLE task_rebuilds (
      task_id uuid NOT NULL,
      rebuild_id bigint NOT NULL,
      CONSTRAINT task_rebuilds_pkey PRIMARY KEY (task_id, rebuild_id),
      CONSTRAINT task_rebuilds_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
      CONSTRAINT task_rebuilds_rebuild_id_fkey FOREIGN KEY (rebuild_id) REFERENCES rebuilds (id)
    );
    CREATE INDEX task_rebuilds_rebuild_id_idx ON task_rebuilds (rebuild_id);

    -- The dashboards that a task for several products still waits for, its own product's among them.
    CREATE TABLE task_dashboards (
      task_id uuid NOT NULL,
      product_id integer NOT NULL,
      generation integer NOT NULL,
      CONSTRAINT task_dashboards_pkey PRIMARY KEY (task_id, product_id),
      CONSTRAINT task_dashboards_task_id_fkey FOREIGN KEY (task_id) REFERENCES tasks (id) ON DELETE CASCADE,
      CONSTRAINT task_dashboards_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id)
    );
    CREATE INDEX task_dashboards_product_id_idx ON task_dashboards (product_id);
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
