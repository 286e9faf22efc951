import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { LtdError } from '../domain/errors.js';
import { reasonOf } from '../process/failure-message.js';
import { migrations } from './migrations/index.js';

/** The key of the advisory lock. Any number that no other program uses. */
const advisoryLockKey = 5_177_300_190;

const migrationSource: Knex.MigrationSource<(typeof migrations)[number]> = {
  getMigrations: () => Promise.resolve([...migrations]),
  getMigrationName: ({ name }) => name,
  getMigration: ({ migration }) => Promise.resolve(migration),
};

const migratorConfig: Knex.MigratorConfig = {
  migrationSource,
  tableName: 'schema_migrations',
  // An unknown migration is of a later release, whose schema this one can work with.
  disableMigrationsListValidation: true,
};

/**
 * Brings the schema to the newest version and returns the names of the applied migrations, in order. When many
 * processes call it at once, one migrates and the others wait.
 */
export async function migrate(knex: Knex): Promise<readonly string[]> {
  return underAdvisoryLock(knex, async () => {
    // Under the advisory lock, knex's own lock row can only be left by a killed process.
    await knex.migrate.forceFreeMigrationsLock(migratorConfig);
    const [, applied] = (await knex.migrate.latest(migratorConfig)) as [number, string[]]; // typed any by knex
    return applied;
  });
}

/** Returns the names of the migrations that this program needs and the database lacks. */
export async function missingMigrations(knex: Knex): Promise<readonly string[]> {
  const exists = await knex.schema.hasTable(migratorConfig.tableName ?? '');
  if (!exists) return migrations.map(({ name }) => name);
  const rows = await knex<{ name: string }>('schema_migrations').select('name');
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
}

/**
 * Checks that the schema is not older than this program.
 *
 * @throws {LtdError} `unavailable` with the missing migrations and the command that applies them.
 */
export async function assertSchema(knex: Knex): Promise<void> {
  const missing = await missingMigrations(knex);
  if (missing.length === 0) return;
  throw new LtdError(
    'unavailable',
    `The database schema is older than this program (missing: ${missing.join(', ')}). ` +
      "Run 'ltd-keeper migrate', then start again.",
  );
}

/** The lock belongs to a connection, so it ends with the process. */
async function underAdvisoryLock<T>(knex: Knex, work: () => Promise<T>): Promise<T> {
  return knex.transaction(async (holder) => {
    // The holder idles during a long migration.
    await holder.raw('SET LOCAL idle_in_transaction_session_timeout = 0');
    // Poll: a connection that waits silently for a lock breaks, as one to a dead server does.
    while (!(await tryLock(holder))) await sleep(lockIntervalMs);
    return keepAlive(holder, work);
  });
}

const lockIntervalMs = 100;

/** Between statements on the idle connection. The shortest silence that breaks a connection is 6 s. */
const keepAliveMs = 1_000;

async function tryLock(holder: Knex.Transaction): Promise<boolean> {
  const { rows } = await holder.raw<{ rows: { taken: boolean }[] }>('SELECT pg_try_advisory_xact_lock(?) AS taken', [
    advisoryLockKey,
  ]);
  return rows[0]?.taken === true;
}

/** Does the work, and sends statements on the holder's connection meanwhile. */
async function keepAlive<T>(holder: Knex.Transaction, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const ping = async (): Promise<void> => {
    for (;;) {
      await sleep(keepAliveMs, undefined, { signal: done.signal });
      await holder.raw('SELECT 1');
    }
  };
  // If it fails, the connection is lost, and the end of its transaction throws.
  const pings = ping().catch(() => undefined);
  try {
    return await work();
  } finally {
    done.abort();
    await pings;
  }
}

/**
 * Waits without a limit until the database answers and its schema is new enough. Changes nothing. Calls `say` with each
 * new reason why it waits.
 */
export async function awaitSchema(knex: Knex, say: (reason: string) => void): Promise<void> {
  for (let said: string | undefined; ;) {
    const reason = await assertSchema(knex).then(() => undefined, reasonOf);
    if (reason === undefined) return;
    if (reason !== said) say(reason);
    said = reason;
    await sleep(1_000);
  }
}
