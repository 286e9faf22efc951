import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { LtdError } from '../domain/errors.js';
import { reasonOf } from '../process/failure-message.js';
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
 * @throws {LtdError} `unavailable`, naming the missing migrations and the command that applies them.
 */
export async function assertSchema(knex: Knex): Promise<void> {
  const missing = await missingMigrations(knex);
  if (missing.length === 0) return;
  throw new LtdError(
    'unavailable',
    `The database schema is older than this program (missing: ${missing.join(', ')}). Run 'ltd-keeper migrate', then start again.`,
  );
}

/** The lock belongs to a connection, so one is held for the whole of `work`; it goes with the process. */
async function underAdvisoryLock<T>(knex: Knex, work: () => Promise<T>): Promise<T> {
  return knex.transaction(async (holder) => {
    // A migration may take long, and the holder idles meanwhile: that is no fault here.
    await holder.raw('SET LOCAL idle_in_transaction_session_timeout = 0');
    // Asked again and again: who waits for the answer to one statement hears nothing, and takes it for a dead server.
    while (!(await takesLock(holder))) await sleep(lockInterval);
    return whileSpeaking(holder, work);
  });
}

/** Between two tries to take the lock. Milliseconds. */
const lockInterval = 100;

/**
 * Between two words to the server of one that idles. Well below the shortest silence that breaks a connection, 6 s.
 * Milliseconds.
 */
const breath = 1_000;

async function takesLock(holder: Knex.Transaction): Promise<boolean> {
  const { rows } = await holder.raw<{ rows: { taken: boolean }[] }>('SELECT pg_try_advisory_xact_lock(?) AS taken', [
    advisoryLockKey,
  ]);
  return rows[0]?.taken === true;
}

/** Does the work, and keeps the connection from falling silent meanwhile. */
async function whileSpeaking<T>(holder: Knex.Transaction, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  // Where this fails the connection is lost, which the end of its transaction says.
  const speaking = speak(holder, done.signal).catch(() => undefined);
  try {
    return await work();
  } finally {
    done.abort();
    await speaking;
  }
}

async function speak(holder: Knex.Transaction, done: AbortSignal): Promise<void> {
  for (;;) {
    await sleep(breath, undefined, { signal: done });
    await holder.raw('SELECT 1');
  }
}

/** Between two looks. Milliseconds. */
const pause = 1_000;

/**
 * Waits until the database answers and its schema is new enough for this program, however long that takes. Changes
 * nothing. Says why it waits, once for each reason.
 */
export async function awaitSchema(knex: Knex, say: (reason: string) => void): Promise<void> {
  let said: string | undefined;
  for (;;) {
    const reason = await whyNot(knex);
    if (reason === undefined) return;
    if (reason !== said) say(reason);
    said = reason;
    await sleep(pause);
  }
}

async function whyNot(knex: Knex): Promise<string | undefined> {
  try {
    await assertSchema(knex);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
