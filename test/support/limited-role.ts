import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';

/** A user of a test's database who is no superuser, so that PostgreSQL may refuse it connections. */
export interface LimitedRole {
  /** The database's URL for this user. */
  readonly url: string;
  /** From now on so many connections may be open at most, and those that are open are cut. -1: any number. */
  limit(connections: number): Promise<void>;
  drop(): Promise<void>;
}

/** Makes one who may do with the rows of a database what our programs do. Drop it before the database. */
export async function createLimitedRole(knex: Knex, { url }: { readonly url: string }): Promise<LimitedRole> {
  const name = `limited_${randomUUID().replaceAll('-', '')}`;
  await knex.raw(`CREATE ROLE ${name} LOGIN PASSWORD 'test'`);
  for (const kind of ['TABLES', 'SEQUENCES'])
    await knex.raw(`GRANT ALL ON ALL ${kind} IN SCHEMA public TO ${name}`);
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
