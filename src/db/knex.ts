import { Socket } from 'node:net';
import knexFactory, { type Knex } from 'knex';
import type { DatabasePatience } from '../config/settings/database.js';
import { preparesStatements } from './prepared-statements.js';

/** How to reach PostgreSQL. */
interface DatabaseOptions {
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

/**
 * A socket for a connection to PostgreSQL that breaks with `ETIMEDOUT` once it is connected and nothing has come or
 * gone for so many milliseconds: a server that is frozen, or a network that swallows packets, would else be waited for
 * for ever. What breaks so is used by nobody again: whatever the statement did in the end, its answer can reach no
 * other.
 */
export function attentiveSocket(silence: number): Socket {
  const socket = new Socket();
  socket.once('connect', () => {
    socket.setTimeout(silence);
  });
  socket.on('timeout', () => {
    const heard = socket.bytesRead;
    // It may be this process that was frozen. Then the answer is here, and is read before this is called.
    setImmediate(() => {
      if (socket.bytesRead === heard) socket.destroy(timedOut(silence));
    });
  });
  return socket;
}

/** As the system says it of a peer that is gone. */
function timedOut(silence: number): Error {
  return Object.assign(new Error(`PostgreSQL has sent nothing for ${silence / 1_000} s`), {
    code: 'ETIMEDOUT',
  });
}
