import { sqlStateOf } from './transaction.js';

/** Classes and codes of SQLSTATE that say "not now", and nothing about the statement. */
const sqlStates = [
  /^08/, // connection_exception
  /^53/, // insufficient_resources: too_many_connections, disk_full, out_of_memory
  /^57P0/, // admin_shutdown, crash_shutdown, cannot_connect_now
  /^57014$/, // query_canceled: our own statement_timeout
  /^55P03$/, // lock_not_available
  /^25P0[34]$/, // idle_in_transaction_session_timeout, transaction_timeout
  /^40(001|P01)$/, // serialization_failure and deadlock_detected that outlasted every retry
  /^28/, // invalid_authorization_specification: the server is there, and does not let us in
  /^3D000$/, // invalid_catalog_name: it has no such database (yet)
  /^25006$/, // read_only_sql_transaction: it is a standby
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

/** What pg and its pool say in words only, and a Unix socket that is not there. */
const messages =
  /^(Connection terminated|Connection ended|timeout exceeded when trying to connect|Client has encountered a connection error|timeout expired|Unable to acquire a connection|connect ENOENT)/;

/** Whether an error of a query says that PostgreSQL cannot be used now, as opposed to a fault of the query. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'KnexTimeoutError') return true;
  if ('code' in error && typeof error.code === 'string' && systemCodes.has(error.code)) return true;
  const state = sqlStateOf(error);
  if (state !== undefined) return sqlStates.some((pattern) => pattern.test(state));
  return messages.test(error.message);
}
