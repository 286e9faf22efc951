import knexFactory, { type Knex } from 'knex';

/** How to reach PostgreSQL. */
export interface DatabaseOptions {
  /** A `postgresql://` URL. */
  readonly url: string;
  /** The most connections held at once.
   * @default 10 */
  readonly poolSize?: number;
  /** What `pg_stat_activity` shows of these connections. @default 'ltd-keeper' */
  readonly applicationName?: string;
}

/** A request waits no longer than this for a connection: better a 503 now than a pile of requests. Milliseconds. */
const acquireTimeout = 5_000;

/** No statement of ours takes longer in health; one that hangs is cut, so that its locks go. Milliseconds. */
const statementTimeout = 30_000;

/** A pool of connections. The caller ends it with `destroy()`. Nothing connects before the first query. */
export function createKnex(options: DatabaseOptions): Knex {
  return knexFactory({
    client: 'pg',
    connection: {
      connectionString: options.url,
      application_name: options.applicationName ?? 'ltd-keeper',
      statement_timeout: statementTimeout,
      idle_in_transaction_session_timeout: statementTimeout,
      connectionTimeoutMillis: acquireTimeout,
    },
    pool: { min: 0, max: options.poolSize ?? 10 },
    acquireConnectionTimeout: acquireTimeout,
    asyncStackTraces: false,
    // What goes wrong is thrown, and logged by whoever catches it; knex would print it to the console as well.
    log: { warn: () => undefined, error: () => undefined },
  });
}
