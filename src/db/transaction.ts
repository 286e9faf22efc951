import type { Knex } from 'knex';

/** serialization_failure and deadlock_detected: PostgreSQL changed nothing. */
const retryable = new Set(['40001', '40P01']);

const maxTries = 6;

/**
 * Runs `work` in one transaction and returns its result after the commit. After a deadlock or a serialization failure
 * it runs `work` again, so `work` must have no effect outside the transaction.
 */
export async function transaction<T>(knex: Knex, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await knex.transaction(work);
    } catch (error) {
      if (tries >= maxTries || !retryable.has(sqlStateOf(error) ?? '')) throw error;
      // Jitter, so that two transactions that met once do not meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** tries));
    }
  }
}

/** Returns the SQLSTATE of PostgreSQL's error, also if Objection wrapped it, or undefined. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('nativeError' in error) return sqlStateOf(error.nativeError);
  if (!('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** Returns the name of the constraint that a statement violated, or undefined. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('constraint' in error)) return undefined;
  return typeof error.constraint === 'string' ? error.constraint : undefined;
}
