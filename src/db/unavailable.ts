import { LtdError } from '../domain/errors.js';
import { sqlStateOf } from './transaction.js';

const noAnswer = 'The database does not answer';

/** SQLSTATEs of failures that may pass, with the sentence for a person. The first match counts. */
const sqlStates: readonly (readonly [state: RegExp, sentence: string])[] = [
  [/^08/, noAnswer], // connection_exception
  [/^53300$/, 'The database accepts no more connections'], // too_many_connections
  [/^53/, 'The database has run out of disk, memory or another resource'], // insufficient_resources
  [/^57P0/, noAnswer], // admin_shutdown, crash_shutdown, cannot_connect_now
  [/^57014$/, 'Timed out waiting for a statement'], // query_canceled, by statement_timeout
  [/^55P03$/, 'Timed out waiting for a lock on a row'], // lock_not_available, by lock_timeout
  [/^25P0[34]$/, noAnswer], // idle_in_transaction_session_timeout, transaction_timeout
  [/^40(001|P01)$/, 'Too many concurrent changes of the same rows'], // after the last retry of a transaction
  [/^28/, noAnswer], // invalid_authorization_specification
  [/^3D000$/, noAnswer], // invalid_catalog_name: the database does not exist yet
  [/^25006$/, noAnswer], // read_only_sql_transaction: the server is a standby
];

const systemCodes =
  /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

/** Errors of pg and its pool without a code. Knex puts the statement before the message. */
const messages = new RegExp(
  '(?:^| - )(Connection terminated|Connection ended|timeout exceeded when trying to connect|timeout expired|' +
    'Client has encountered a connection error|Unable to acquire a connection|connect ENOENT)',
);

/** Why PostgreSQL cannot be used now, without a full stop. Undefined if the error is a fault of the query. */
export function databaseUnavailability(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error.name === 'KnexTimeoutError') return 'Timed out waiting for a free connection to the database';
  if ('code' in error && typeof error.code === 'string' && systemCodes.test(error.code)) return noAnswer;
  const state = sqlStateOf(error);
  if (state !== undefined) return sqlStates.find(([pattern]) => pattern.test(state))?.[1];
  return messages.test(error.message) ? noAnswer : undefined;
}

/** Returns an `LtdError` as it is, and an unavailable database as `unavailable`. Undefined: a fault of the service. */
export function foreseenFailure(error: unknown): LtdError | undefined {
  if (error instanceof LtdError) return error;
  const why = databaseUnavailability(error);
  return why === undefined ? undefined : new LtdError('unavailable', `${why}; retry.`, { cause: error });
}
