import type { Knex } from 'knex';
import PostgresClient, { type PostgresStatement } from 'knex/lib/dialects/postgres/index.js';
import { statementNames } from './statement-names.js';

/**
 * knex's client for PostgreSQL, of one pool, which prepares what it sends again and again: to parse and plan a statement
 * takes PostgreSQL longer than to carry it out (docs/performance.md).
 */
export function preparingClient(): typeof Knex.Client {
  // Not a field: knex makes the clients of transactions without calling the constructor.
  const nameOf = statementNames();
  return class PreparingClient extends PostgresClient {
    override _query(connection: unknown, statement: PostgresStatement): Promise<PostgresStatement> {
      // Without values it goes as it is, in fewer messages than a prepared one.
      const { bindings = [], sql } = statement;
      const name = bindings.length === 0 ? undefined : nameOf(sql);
      if (name !== undefined) statement.options = { ...statement.options, name };
      return super._query(connection, statement);
    }
  };
}
