import type { Knex } from 'knex';

/** SQLSTATEs that say "nothing was done, run it again": serialization_failure and deadlock_detected. */
const retryable = new Set(['40001', '40P01']);

/** Contention that lasts longer than this many tries is a fault to be seen, not waited out. */
const maximumTries = 6;

/**
 * Runs `work` in one transaction and answers its result once it is committed. A deadlock or a serialization failure
 * runs it again from the start, so `work` must do nothing outside the transaction.
 */
export async function transaction<T>(knex: Knex, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await knex.transaction(work);
    } catch (error) {
      if (tries >= maximumTries || !retryable.has(sqlStateOf(error) ?? '')) throw error;
      // Jitter, so that two transactions that met once do not meet again in step.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * 2 ** tries));
    }
  }
}

/** The SQLSTATE of an error that PostgreSQL sent, also of one that Objection wrapped, or undefined. */
export function sqlStateOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('nativeError' in error) return sqlStateOf(error.nativeError);
  if (!('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** The name of the constraint that a statement violated, or undefined. */
export function violatedConstraint(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('constraint' in error)) return undefined;
  return typeof error.constraint === 'string' ? error.constraint : undefined;
}
