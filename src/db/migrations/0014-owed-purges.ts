import type { Knex } from 'knex';

/**
 * Stores which purges the CDN has not confirmed: of an edition's objects, and of a product's dashboard. A purge is owed
 * while `purge_done < purge_due`.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['editions', 'products'])
    await knex.raw(/* sql */ `
      ALTER TABLE ${table}
        -- Grows by one before the first write of an attempt, and again when the attempt records what it wrote.
        ADD COLUMN purge_due integer NOT NULL DEFAULT 0,
        -- The purge_due that was read before the newest confirmed purge was sent.
        ADD COLUMN purge_done integer NOT NULL DEFAULT 0,
        -- Since when a purge is owed. Means nothing while none is.
        ADD COLUMN purge_since timestamptz,
        -- The growing pause after purges that failed, and why the newest of them failed.
        ADD COLUMN purge_failures integer NOT NULL DEFAULT 0,
        ADD COLUMN purge_after timestamptz,
        ADD COLUMN purge_error text,
        ADD CONSTRAINT ${table}_purge_check CHECK (purge_done <= purge_due);
      -- For Reconcile, the metrics and the doctor: the few rows that owe a purge.
      CREATE INDEX ${table}_purge_owed_idx ON ${table} (id) WHERE purge_done < purge_due;`);
  await knex.raw(/* sql */ `
    -- The edition's purge_due when the rebuild was published without a confirmed purge; null otherwise.
    ALTER TABLE rebuilds ADD COLUMN purge_due integer;`);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
