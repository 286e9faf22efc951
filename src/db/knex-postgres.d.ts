/** What `client: 'pg'` stands for: knex documents it as the class to extend, and leaves it out of its types. */
declare module 'knex/lib/dialects/postgres/index.js' {
  import { Knex } from 'knex';

  /** A statement on its way to pg. `options` goes into what pg's `query` is given. */
  export interface PostgresStatement {
    readonly sql: string;
    readonly bindings?: readonly unknown[];
    options?: Readonly<Record<string, unknown>>;
  }

  export default class PostgresClient extends Knex.Client {
    _query(connection: unknown, statement: PostgresStatement): Promise<PostgresStatement>;
  }
}
