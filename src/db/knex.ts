import knexFactory, { type Knex } from 'knex';
import type { DatabasePatience } from '../config/settings/database.js';
import { attentiveSocket } from './attentive-socket.js';
import { preparesStatements } from './prepared-statements.js';

/** How to reach PostgreSQL. */
export interface DatabaseOptions {
  /** A `postgresql://` URL. */
  readonly url: string;
  /** The most connections held at once.
   * @default 10 */
  readonly poolSize?: number;
  /** What `pg_stat_activity` shows of these connections. @default 'ltd-keeper' */
  readonly applicationName?: string;
  /** @default as the settings: 5 s, 30 s, 10 s */
  readonly patience?: DatabasePatience;
  /**
   * Whether statements that are sent again and again are prepared. Not for what looks through tables: the plan of a
   * prepared statement may be made for all values alike, and not by an index that has some rows only. @default false
   */
  readonly prepares?: boolean;
}

const defaultPatience: DatabasePatience = { connection: 5_000, statement: 30_000, lock: 10_000 };

/** How much longer than the server may take over a statement its answer is waited for. Milliseconds. */
const answerMargin = 5_000;

/** A pool of connections. The caller ends it with `destroy()`. Nothing connects before the first query. */
export function createKnex(options: DatabaseOptions): Knex {
  const patience = options.patience ?? defaultPatience;
  return knexFactory({
    client: 'pg',
    connection: connectionConfig(options, patience),
    pool: {
      min: 0,
      max: options.poolSize ?? 10,
      ...(options.prepares === true ? { afterCreate: preparesStatements() } : {}),
    },
    acquireConnectionTimeout: patience.connection,
    asyncStackTraces: false,
    // What goes wrong is thrown, and logged by whoever catches it; knex would print it to the console as well.
    log: { warn: () => undefined, error: () => undefined },
  });
}

/**
 * The server keeps the session to these limits; the socket breaks when the server itself does not. `lock_timeout` is
 * known to pg, and missing from the types of knex.
 */
function connectionConfig(
  { url, applicationName = 'ltd-keeper' }: DatabaseOptions,
  { connection, statement, lock }: DatabasePatience,
): Knex.PgConnectionConfig & { readonly lock_timeout: number } {
  return {
    connectionString: url,
    application_name: applicationName,
    statement_timeout: statement,
    idle_in_transaction_session_timeout: statement,
    lock_timeout: lock,
    connectionTimeoutMillis: connection,
    stream: () => attentiveSocket(statement + answerMargin),
  };
}
