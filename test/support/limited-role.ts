import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

/** A user of a test's database who is not a superuser, so that PostgreSQL may refuse connections. */
export interface LimitedRole {
  /** The database's URL for this user. */
  readonly url: string;
  /** Limits the number of open connections from now on, and cuts the open ones. -1: no limit. */
  limit(connections: number): Promise<void>;
  drop(): Promise<void>;
}

/** Creates a user with our programs' rights on the database's rows. Drop it before the database. */
export async function createLimitedRole(knex: Knex, { url }: { readonly url: string }): Promise<LimitedRole> {
  const name = `limited_${randomUUID().replaceAll('-', '')}`;
  await knex.raw(`CREATE ROLE ${name} LOGIN PASSWORD 'test'`);
  for (const kind of ['TABLES', 'SEQUENCES']) await knex.raw(`GRANT ALL ON ALL ${kind} IN SCHEMA public TO ${name}`);
  const own = new URL(url);
  own.username = name;
  own.password = 'test';
  return {
    url: own.href,
    limit: async (connections) => {
      await knex.raw(`ALTER ROLE ${name} CONNECTION LIMIT ${connections}`);
      await knex.raw('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = ?', [name]);
    },
    drop: async () => {
      await knex.raw(`DROP OWNED BY ${name}`);
      await knex.raw(`DROP ROLE ${name}`);
    },
  };
}
