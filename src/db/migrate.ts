import type { Knex } from 'knex';
import { KeeperError } from '../domain/errors.js';
import { migrations } from './migrations/index.js';

/** Any number will do as long as it is ours: the key of the advisory lock that migrations are run under. */
const advisoryLockKey = 5_177_300_190;

const migrationSource: Knex.MigrationSource<(typeof migrations)[number]> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: ({ name }) => name,
  getMigration: ({ migration }) => Promise.resolve(migration),
};

const migratorConfig: Knex.MigratorConfig = {
  migrationSource,
  tableName: 'schema_migrations',
  // Knex takes a migration that it does not know for a lost file. Here it is a later version's, whose schema this one
  // can work with: a release only adds what the one before it does without.
  disableMigrationsListValidation: true,
};

/**
 * Brings the schema to the newest version and returns the names of the migrations applied, in order. Safe to run from
 * many processes at once: one migrates, the others wait and find nothing left to do.
 */
export async function migrate(knex: Knex): Promise<readonly string[]> {
  return underAdvisoryLock(knex, async () => {
    // Whoever holds the advisory lock is alone, so knex's own lock row can only be the leftover of a killed process.
    await knex.migrate.forceFreeMigrationsLock(migratorConfig);
    const [, applied] = (await knex.migrate.latest(migratorConfig)) as [number, string[]]; // typed any by knex
    return applied;
  });
}

/** What is wrong with the schema for this program: names of migrations not applied. Empty when it is new enough. */
export async function missingMigrations(knex: Knex): Promise<readonly string[]> {
  const exists = await knex.schema.hasTable(migratorConfig.tableName ?? '');
  if (!exists) return migrations.map(({ name }) => name);
  const rows = await knex<{ name: string }>('schema_migrations').select('name');
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
}

/**
 * Refuses to go on with a schema older than this program.
 *
 * @throws {KeeperError} `unavailable`, naming the missing migrations and the command that applies them.
 */
export async function assertSchema(knex: Knex): Promise<void> {
  const missing = await missingMigrations(knex);
  if (missing.length === 0) return;
  throw new KeeperError(
    'unavailable',
    `The database schema is older than this program (missing: ${missing.join(', ')}). Run 'ltd-keeper migrate', then start again.`,
  );
}

/** The lock belongs to a connection, so one is held for the whole of `work`; it goes with the process. */
async function underAdvisoryLock<T>(knex: Knex, work: () => Promise<T>): Promise<T> {
  return knex.transaction(async (holder) => {
    // A migration may take long, others wait for it, and the holder idles meanwhile: none of that is a fault here.
    await holder.raw('SET LOCAL statement_timeout = 0');
    await holder.raw('SET LOCAL lock_timeout = 0');
    await holder.raw('SET LOCAL idle_in_transaction_session_timeout = 0');
    await holder.raw('SELECT pg_advisory_xact_lock(?)', [advisoryLockKey]);
    return work();
  });
}
