import type { Knex } from 'knex';

/** Editions that one pass marks, and takes marks from, at most: the next is seconds away, and publications come between. */
const batch = 100;

/**
 * Marks deprecated editions whose objects are due to be removed, the longest ended first, and answers their ids. From
 * then on their target is nothing, and they need work until nothing is left.
 *
 * @param afterDays - how long objects of what is deprecated are kept.
 */
export async function markDeletions(trx: Knex.Transaction, afterDays: number): Promise<readonly number[]> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    /* sql */ `
    UPDATE editions SET deleting = true, restore_failures = 0, restore_after = NULL
    WHERE id IN (
      SELECT id FROM editions
      WHERE date_ended <= now() - make_interval(days => :afterDays) AND objects_deleted_at IS NULL AND NOT deleting
      ORDER BY date_ended, id LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING id`,
    { afterDays, batch },
  );
  return rows.map(({ id }) => id);
}

/**
 * Takes the mark back from editions that are no longer due, since the setting is another or none by now, and answers
 * their ids: what is left of them is made whole again.
 *
 * @param afterDays - as above; null where objects are kept for ever.
 */
export async function unmarkDeletions(
  trx: Knex.Transaction,
  afterDays: number | null,
): Promise<readonly number[]> {
  const rows = await trx('editions')
    .where('deleting', true)
    .whereRaw('(:afterDays::int IS NULL OR date_ended > now() - make_interval(days => :afterDays::int))', {
      afterDays,
    })
    .orderBy('id')
    .limit(batch)
    .forNoKeyUpdate()
    .select<{ id: number }[]>('id');
  const ids = rows.map(({ id }) => id);
  await stopDeletions(trx, ids);
  return ids;
}

/** Stops the removal of these editions' objects: a plan for it counts no more, and its attempt stops. */
export async function stopDeletions(trx: Knex.Transaction, ids: readonly number[]): Promise<void> {
  await trx('editions').whereIn('id', ids).where('deleting', true).update({
    deleting: false,
    plan_id: null,
    plan_generation: null,
    phase: null,
    restore_failures: 0,
    restore_after: null,
  });
}
