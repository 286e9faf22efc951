import type { Knex } from 'knex';
import { afterPause } from './lock.js';

/** An edition, or a product for its dashboard. */
export interface CachedRow {
  readonly table: 'editions' | 'products';
  readonly id: number;
}

/** A purge that the CDN has not confirmed. */
export interface OwedPurge {
  /** The row's `purge_due`, for {@link confirmPurge}. */
  readonly due: number;
  readonly surrogateKey: string;
}

/** A purge is due. The partial indexes have the same condition. */
export const owesPurge = 'purge_done < purge_due';

/** A purge is due, and its pause is over. */
export const mayPurgeNow = `${owesPurge} AND (purge_after IS NULL OR purge_after <= now())`;

/** The columns of an UPDATE that makes one more purge due. */
export const onePurgeMore = {
  purge_due: 'purge_due + 1',
  purge_since: `CASE WHEN ${owesPurge} THEN purge_since ELSE now() END`,
} as const;

/** Returns a row's due purge, even during its pause, or null. */
export async function owedPurge(knex: Knex, { table, id }: CachedRow): Promise<OwedPurge | null> {
  const owed = await knex(table)
    .where({ id })
    .whereRaw(owesPurge)
    .first<OwedPurge | undefined>({ due: 'purge_due', surrogateKey: 'surrogate_key' });
  return owed ?? null;
}

/** Whether a row's purge is due and may be sent now. */
export async function isPurgeDueNow(knex: Knex, { table, id }: CachedRow): Promise<boolean> {
  const rows = await knex(table).where({ id }).whereRaw(mayPurgeNow).select('id');
  return rows.length > 0;
}

/**
 * Records a confirmed purge. `due` is the value that {@link owedPurge} read before the purge was sent, so a later write
 * stays due. Safe to repeat and to come late. The first success after failures ends the pauses of all rows.
 */
export async function confirmPurge(knex: Knex, { table, id }: CachedRow, due: number): Promise<void> {
  const { rows } = await knex.raw<{ rows: { had_failed: boolean }[] }>(
    /* sql */ `
    UPDATE ${table} AS row SET
      purge_done = least(row.purge_due, greatest(row.purge_done, :due)),
      purge_since = CASE WHEN row.purge_due > :due THEN now() END,
      purge_failures = 0, purge_after = NULL, purge_error = NULL
    FROM (SELECT id, purge_failures FROM ${table} WHERE id = :id) AS old
    WHERE row.id = old.id
    RETURNING old.purge_failures > 0 AS had_failed`,
    { id, due },
  );
  if (rows[0]?.had_failed === true) await retryPurgesNow(knex);
}

/** Records why a purge failed. Reconcile retries after a growing pause. */
export async function failPurge(knex: Knex, { table, id }: CachedRow, error: string): Promise<void> {
  await knex(table)
    .where({ id })
    .whereRaw(owesPurge)
    .update({
      purge_failures: knex.raw('purge_failures + 1'),
      purge_after: knex.raw(afterPause('purge_failures')),
      purge_error: error,
    });
}

/** Ends the pauses of all due purges, so that the next pass sends them. A locked row keeps its pause. */
export async function retryPurgesNow(knex: Knex): Promise<void> {
  for (const table of ['editions', 'products'])
    await knex.raw(/* sql */ `
      UPDATE ${table} SET purge_after = NULL WHERE id IN (
        SELECT id FROM ${table} WHERE ${owesPurge} AND purge_after > now()
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
      )`);
}
