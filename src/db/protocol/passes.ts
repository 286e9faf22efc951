import type { Knex } from 'knex';
import { transaction } from '../transaction.js';

/** Every bucket that a product publishes to. */
export async function bucketsInUse(knex: Knex): Promise<readonly string[]> {
  const rows = await knex('products')
    .distinct('bucket_name')
    .orderBy('bucket_name')
    .select<{ bucket_name: string }[]>();
  return rows.map((row) => row.bucket_name);
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
