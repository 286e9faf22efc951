import type { Knex } from 'knex';

/** What is still to be done, and what became of it, around a publication and a new product: events, and domain records. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(/* sql */ `
    -- True for a generation that only gave the edition another slug: nobody is told of it.
    ALTER TABLE rebuilds ADD COLUMN only_moves boolean NOT NULL DEFAULT false;

    -- An outbox: what the world is to be told, written by the transaction that makes it true, delivered afterwards in the
    -- order of the ids within an edition.
    CREATE TABLE edition_events (
      id bigint GENERATED ALWAYS AS IDENTITY,
      edition_id integer NOT NULL,
      generation integer NOT NULL,
      -- json, not jsonb, which would change the order of the keys.
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
    -- The next of an edition, and for Reconcile: the few that are not delivered.
    CREATE INDEX edition_events_undelivered_idx ON edition_events (edition_id, id) WHERE outcome IS NULL;
    -- For their removal, long after.
    CREATE INDEX edition_events_finished_at_idx ON edition_events (finished_at) WHERE outcome IS NOT NULL;

    -- The record that leads a product's domain to the CDN: null where nobody asked for it, as for every older product.
    ALTER TABLE products
      ADD COLUMN domain_record text,
      ADD COLUMN domain_record_error text,
      ADD COLUMN domain_record_failures integer NOT NULL DEFAULT 0,
      ADD COLUMN domain_record_after timestamptz,
      ADD CONSTRAINT products_domain_record_check CHECK (domain_record IN ('wanted', 'registered'));
    -- For Reconcile: the few products whose record is still to be registered.
    CREATE INDEX products_domain_record_wanted_idx ON products (id) WHERE domain_record = 'wanted';
  `);
}

/** Migrations only go forward: a release is undone by a new migration, never by losing data. */
export function down(): Promise<void> {
  return Promise.reject(new Error('migrations are not reversed: write a new one'));
}
