import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { checkout } from '../../scripts/paths.js';
import { createKnex } from '../../src/db/knex.js';
import { migrate } from '../../src/db/migrate.js';
import { createEmptyDatabase, type TestDatabase } from './database.js';
import { testPostgres } from './servers.js';

/** A database under `deploy/policies/postgresql.sql`, with the newest schema. */
export interface RestrictedDatabase {
  /** The connection of the role that migrates. */
  readonly owner: TestDatabase;
  /** The connection of the role of API, workers and command line. */
  readonly app: TestDatabase;
  /** Drops the roles, after the database is dropped. */
  dropRoles(): Promise<void>;
}

/** Creates one as an operator does: the policy, the migrations, the policy again. Its roles have unique names. */
export async function createRestrictedDatabase(): Promise<RestrictedDatabase> {
  const database = await createEmptyDatabase();
  const prefix = `keeper_${randomBytes(6).toString('hex')}`;
  const text = await readFile(join(checkout, 'deploy', 'policies', 'postgresql.sql'), 'utf8');
  const policy = text.replaceAll('ltd_keeper_', `${prefix}_`);
  const roles = [`${prefix}_owner`, `${prefix}_app`] as const;
  await run(database.url, [policy, ...roles.map((role) => `ALTER ROLE ${role} PASSWORD 'test'`)]);
  const [owner, app] = roles.map((role) => ({ ...database, url: asRole(database.url, role) })) as [
    TestDatabase,
    TestDatabase,
  ];
  const knex = createKnex({ url: owner.url, applicationName: 'test owner' });
  try {
    await migrate(knex);
  } finally {
    await knex.destroy();
  }
  await run(database.url, [policy]);
  const server = await testPostgres();
  return {
    owner,
    app,
    dropRoles: () =>
      run(
        server.url('postgres'),
        roles.map((role) => `DROP ROLE ${role}`),
      ),
  };
}

function asRole(url: string, role: string): string {
  return Object.assign(new URL(url), { username: role, password: 'test' }).href;
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
