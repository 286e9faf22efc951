import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { createKnex } from '../../src/db/knex.js';
import { migrate } from '../../src/db/migrate.js';
import { eventually } from './eventually.js';
import './lock-order.js';
import { testPostgres } from './servers.js';

/** A database for one test file. */
export interface TestDatabase {
  readonly name: string;
  /** A `postgresql://` URL. */
  readonly url: string;
}

/** Migrated once and cloned for each test file: a clone takes a twentieth of the migrations' time. */
let template: Promise<string> | undefined;

/** Creates a database with the newest schema and no rows. Drop it with `dropTestDatabase`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  template ??= createTemplate();
  return createDatabase(await template);
}

/** Creates an empty database, for tests of the migrations. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return createDatabase('template0');
}

/**
 * Drops the database of a test file, in its last `after`.
 *
 * @param timeoutMs How long connections may take to close on a busy machine, in milliseconds.
 * @throws {Error} naming the connections that the test file left open: a pool not destroyed, a server not closed.
 */
export async function dropTestDatabase(database: TestDatabase, timeoutMs = 30_000): Promise<void> {
  await asAdministrator(async (client) => {
    const open = async (): Promise<string[]> => {
      const { rows } = await client.query<{ application_name: string; state: string; query: string }>(
        // Without PostgreSQL's own processes there, such as a vacuum, which end with the database.
        `SELECT application_name, state, query FROM pg_stat_activity
         WHERE datname = $1 AND backend_type = 'client backend'`,
        [database.name],
      );
      return rows.map(({ application_name, state, query }) => `${application_name} (${state}): ${query}`);
    };
    // The backend of a closed connection takes a moment to end.
    await eventually('connections to close', async () => (await open()).length === 0, timeoutMs).catch(() => undefined);
    const leaked = await open();
    await client.query(`DROP DATABASE ${client.escapeIdentifier(database.name)} WITH (FORCE)`);
    if (leaked.length > 0)
      throw new Error(`This test file left ${leaked.length} connections open:\n${leaked.join('\n')}`);
  });
}

async function createTemplate(): Promise<string> {
  const { name, url } = await createDatabase('template0');
  const knex = createKnex({ url, applicationName: 'test template' });
  try {
    await migrate(knex);
  } finally {
    await knex.destroy();
  }
  return name;
}

async function createDatabase(from: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asAdministrator((client) =>
    client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} TEMPLATE ${client.escapeIdentifier(from)}`),
  );
  const server = await testPostgres();
  return { name, url: server.url(name) };
}

async function asAdministrator<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const server = await testPostgres();
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
