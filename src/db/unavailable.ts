import { LtdError } from '../domain/errors.js';
import { sqlStateOf } from './transaction.js';

/** The usual cause, for clients, if the error says nothing more precise. */
const silent = 'The database does not answer.';

/**
 * Classes and codes of SQLSTATE that say "not now", and nothing about the statement, with what they mean to a person.
 *
 */
const sqlStates: readonly (readonly [state: RegExp, meaning: string])[] = [
  [/^08/, silent], // connection_exception
  [/^53300$/, 'The database takes no more connections.'], // too_many_connections
  [/^53/, 'The database has run out of disk, memory or another resource.'], // insufficient_resources
  [/^57P0/, silent], // admin_shutdown, crash_shutdown, cannot_connect_now
  [/^57014$/, 'The database took too long over a statement.'], // query_canceled: our own statement_timeout
  [/^55P03$/, 'Somebody else has held a row for too long that this needs.'], // lock_not_available: our own lock_timeout
  [/^25P0[34]$/, silent], // idle_in_transaction_session_timeout, transaction_timeout
  [/^40(001|P01)$/, 'Too many changes of the same rows at once.'], // what outlasted every retry
  [/^28/, silent], // invalid_authorization_specification: the server is there, and does not let us in
  [/^3D000$/, silent], // invalid_catalog_name: it has no such database (yet)
  [/^25006$/, silent], // read_only_sql_transaction: it is a standby
];

const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** What pg and its pool say in words only, Knex with the statement before it, and a Unix socket that is not there. */
const messages =
  /(?:^| - )(Connection terminated|Connection ended|timeout exceeded when trying to connect|Client has encountered a connection error|timeout expired|Unable to acquire a connection|connect ENOENT)/;

/**
 * Why PostgreSQL cannot be used now, in a sentence, by the error of a query. Undefined where the error says nothing of
 * the kind: then it is a fault of the query.
 */
export function databaseUnavailability(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'KnexTimeoutError')
    return 'No connection to the database could be had in time: all are in use, or it takes no more.';
  if ('code' in error && typeof error.code === 'string' && systemCodes.has(error.code)) return silent;
  const state = sqlStateOf(error);
  if (state !== undefined) return sqlStates.find(([pattern]) => pattern.test(state))?.[1];
  return messages.test(error.message) ? silent : undefined;
}

/** The failure that an error stands for: itself, or a database that cannot be used now. Undefined: a fault of ours. */
export function foreseenFailure(error: unknown): LtdError | undefined {
  if (error instanceof LtdError) return error;
  const why = databaseUnavailability(error);
  if (why === undefined) return undefined;
  return new LtdError('unavailable', `${why} Please try again.`, { cause: error });
}
