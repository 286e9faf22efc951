import type { Knex } from 'knex';

/** A row whose objects the CDN keeps under the row's surrogate key: an edition, or a product for its dashboard. */
export interface CachedRow {
  readonly table: 'editions' | 'products';
  readonly id: number;
}

/** A purge that the CDN has not confirmed. */
export interface OwedPurge {
  /** The row's `purge_due` at the time of reading: {@link confirmPurge} takes it. */
  readonly due: number;
  readonly surrogateKey: string;
}

/** The condition under which a row owes a purge. The partial indexes have the same words. */
export const owesPurge = 'purge_done < purge_due';

/** The condition under which an owed purge is to be sent now, by the database's clock. */
export const mayPurgeNow = `${owesPurge} AND (purge_after IS NULL OR purge_after <= now())`;

/** The columns that an UPDATE sets to make one more purge due, and the expressions that it sets them to. */
export const onePurgeMore = {
  purge_due: 'purge_due + 1',
  purge_since: `CASE WHEN ${owesPurge} THEN purge_since ELSE now() END`,
} as const;

/** Reads the purge that a row owes, whether or not its pause is over; null where it owes none. */
export async function owedPurge(knex: Knex, { table, id }: CachedRow): Promise<OwedPurge | null> {
  const owed = await knex(table)
    .where({ id })
    .whereRaw(owesPurge)
    .first<OwedPurge | undefined>({ due: 'purge_due', surrogateKey: 'surrogate_key' });
  return owed ?? null;
}

/** Whether a row owes a purge whose pause is over. */
export async function isPurgeDueNow(knex: Knex, { table, id }: CachedRow): Promise<boolean> {
  const rows = await knex(table).where({ id }).whereRaw(mayPurgeNow).select('id');
  return rows.length > 0;
}

/**
 * Notes a purge that the CDN confirmed. `due` is the value that {@link owedPurge} read before the purge was sent, so a
 * write that came after the read stays owed. May be repeated, and may come late: `purge_done` never goes back.
 *
 * The first success after failures ends the pauses of all other rows, for the CDN takes purges again.
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

/** Longest pause between two tries of an owed purge. Seconds. */
const maxPause = 3_600;

/** Notes why a purge failed. Reconcile tries again after a pause that grows from 30 seconds to an hour. */
export async function failPurge(knex: Knex, { table, id }: CachedRow, error: string): Promise<void> {
  await knex(table)
    .where({ id })
    .whereRaw(owesPurge)
    .update({
      purge_failures: knex.raw('purge_failures + 1'),
      purge_after: knex.raw('now() + make_interval(secs => least(?, 30 * 2 ^ least(purge_failures, 10)))', [maxPause]),
      purge_error: error,
    });
}

/**
 * Ends the pauses of all rows that owe a purge, so that the next pass of Reconcile sends them. A row that somebody else
 * has locked keeps its pause.
 */
export async function retryPurgesNow(knex: Knex): Promise<void> {
  for (const table of ['editions', 'products'])
    await knex.raw(/* sql */ `
      UPDATE ${table} SET purge_after = NULL WHERE id IN (
        SELECT id FROM ${table} WHERE ${owesPurge} AND purge_after > now()
        ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
      )`);
}
