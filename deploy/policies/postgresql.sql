-- Two roles for the database of LTD Keeper. API and workers cannot change the schema:
--
--   ltd_keeper_owner   `ltd-keeper migrate`, and nothing else
--   ltd_keeper_app     the API, the workers and `ltd-keeper user`
--
-- Run it in the service's own database, as a superuser or as the database's owner, before the first `migrate` and again
-- after it. You may run it at any time.
--
--   psql --dbname ltd_keeper --file deploy/policies/postgresql.sql
--   psql --dbname ltd_keeper --command '\password ltd_keeper_owner' --command '\password ltd_keeper_app'
--
-- If the tables exist and belong to another role: REASSIGN OWNED BY <that role> TO ltd_keeper_owner.

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ltd_keeper_owner') THEN
    CREATE ROLE ltd_keeper_owner LOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'ltd_keeper_app') THEN
    CREATE ROLE ltd_keeper_app LOGIN;
  END IF;
  -- The service creates no temporary tables, either.
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO ltd_keeper_owner, ltd_keeper_app', current_database());
END
$$;

-- Only a superuser or a member of the owner's role may grant rights to its tables.
GRANT ltd_keeper_owner TO CURRENT_USER;

-- Before PostgreSQL 15 every role may create objects in it.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO ltd_keeper_owner;
GRANT USAGE ON SCHEMA public TO ltd_keeper_app;

-- For existing tables, and those of later migrations.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ltd_keeper_app;
ALTER DEFAULT PRIVILEGES FOR ROLE ltd_keeper_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ltd_keeper_app;

-- The application only reads the list of applied migrations.
DO $$
BEGIN
  IF to_regclass('public.schema_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON schema_migrations, schema_migrations_lock FROM ltd_keeper_app;
  END IF;
END
$$;
