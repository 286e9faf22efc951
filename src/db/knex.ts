import { Socket } from 'node:net';
import knexFactory, { type Knex } from 'knex';
import type { DatabaseTimeouts } from '../config/settings/database.js';
import { preparesStatements } from './prepared-statements.js';

/** How to reach PostgreSQL. */
interface DatabaseOptions {
  /** A `postgresql://` URL. */
  readonly url: string;
  /** The maximum of connections. @default 10 */
  readonly poolSize?: number;
  /** The name in `pg_stat_activity`. @default 'ltd-keeper' */
  readonly applicationName?: string;
  /** @default as the settings: 5 s, 30 s, 10 s */
  readonly timeoutsMs?: DatabaseTimeouts;
  /**
   * Prepares frequent statements. Not for scans of tables: PostgreSQL may plan a prepared statement for all values
   * alike, and then uses no partial index. @default false
   */
  readonly prepares?: boolean;
}

/** Wait for an answer longer than the server may work on a statement. Milliseconds. */
const answerMargin = 5_000;

/** Creates a pool, which connects at the first query. The caller ends it with `destroy()`. */
export function createKnex(options: DatabaseOptions): Knex {
  const { url, poolSize = 10, applicationName = 'ltd-keeper', prepares = false } = options;
  const { connection, statement, lock } = options.timeoutsMs ?? { connection: 5_000, statement: 30_000, lock: 10_000 };
  // The server ends what lasts longer; the socket breaks if the server is frozen. knex's types lack lock_timeout.
  const config: Knex.PgConnectionConfig & { readonly lock_timeout: number } = {
    connectionString: url,
    application_name: applicationName,
    statement_timeout: statement,
    idle_in_transaction_session_timeout: statement,
    lock_timeout: lock,
    connectionTimeoutMillis: connection,
    stream: () => attentiveSocket(statement + answerMargin),
  };
  return knexFactory({
    client: 'pg',
    connection: config,
    pool: { min: 0, max: poolSize, ...(prepares ? { afterCreate: preparesStatements() } : {}) },
    acquireConnectionTimeout: connection,
    asyncStackTraces: false,
    // knex throws each error, so its console output only repeats the log.
    log: { warn: () => undefined, error: () => undefined },
  });
}

/**
 * Creates a socket that breaks with `ETIMEDOUT` after `silence` milliseconds without traffic. Otherwise a client of a
 * frozen server, or of a network that drops packets, waits for ever. The pool never uses a broken connection again.
 */
export function attentiveSocket(silence: number): Socket {
  const socket = new Socket();
  socket.once('connect', () => {
    socket.setTimeout(silence);
  });
  socket.on('timeout', () => {
    const before = socket.bytesRead;
    // If this process was frozen, the answer is waiting: read it before judging the server.
    setImmediate(() => {
      if (socket.bytesRead !== before) return;
      const error = new Error(`PostgreSQL has sent nothing for ${silence / 1_000} s`);
      socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    });
  });
  return socket;
}
