import type { Knex } from 'knex';
import { transaction } from '../transaction.js';
import type { OverdueTurn } from './overdue.js';

/** A bucket, and the first product that publishes to it. */
export interface BucketInUse {
  readonly productId: number;
  readonly bucket: string;
}

/** Every bucket that a product publishes to, in the order of their first products; a pass takes some of them. */
export async function bucketsInUse(knex: Knex, turn?: OverdueTurn): Promise<readonly BucketInUse[]> {
  return knex('products')
    .groupBy('bucket_name')
    .orderByRaw('min(id)')
    .modify((some) => {
      if (turn !== undefined) void some.havingRaw('min(id) > ?', [turn.after]).limit(turn.limit);
    })
    .select<BucketInUse[]>('bucket_name AS bucket', knex.raw('min(id) AS "productId"'));
}

/** The id of the item that the last pass ended with, where it did not get to all of them; else 0. */
export async function passCursor(knex: Knex, part: string): Promise<number> {
  const row = await knex('reconcile_passes').first<{ cursor: number | null } | undefined>(
    knex.raw('CAST(cursors ->> ? AS integer) AS cursor', [part]),
  );
  return row?.cursor ?? 0;
}

/** Notes where the next pass goes on, on whichever worker it is made. */
export async function keepCursor(knex: Knex, part: string, id: number): Promise<void> {
  const cursor = knex.raw('cursors || jsonb_build_object(CAST(? AS text), CAST(? AS integer))', [part, id]);
  await knex('reconcile_passes').update({ cursors: cursor });
}

/** Some 0.2 s each: no statement comes near its time limit, and no publication waits for longer. */
const resyncBatch = 5_000;

/**
 * Marks every edition of a bucket as one whose objects nobody knows: after the database was restored, the bucket is
 * ahead of it. What is under way becomes void, and whoever writes next waits, as after a writer that did not let go.
 * Answers how many editions there are. One that is cut short is begun again: to be marked twice does no harm.
 */
export async function resyncBucket(knex: Knex, bucket: string, batch = resyncBatch): Promise<number> {
  let editions = 0;
  for (let ids = [0]; ids.length > 0; editions += ids.length) {
    const after = ids.at(-1) ?? 0;
    ids = await transaction(knex, (trx) => resyncSome(trx, { bucket, after, limit: batch }));
  }
  return editions;
}

/** Marks the next editions of the bucket, in the order in which editions are locked, and answers their ids. */
async function resyncSome(
  trx: Knex.Transaction,
  { bucket, after, limit }: { readonly bucket: string; readonly after: number; readonly limit: number },
): Promise<number[]> {
  const ids = await trx('editions')
    .whereIn('product_id', trx('products').where({ bucket_name: bucket }).select('id'))
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .forNoKeyUpdate()
    .pluck<number[]>('id');
  await trx('editions')
    .whereIn('id', ids)
    .update({
      dirty: true,
      plan_id: null,
      plan_generation: null,
      phase: null,
      headers_policy: null,
      writer_id: trx.raw('gen_random_uuid()'),
      writer_seen_at: trx.raw('clock_timestamp()'),
      restore_after: null,
    });
  return ids;
}
