import type { Knex } from 'knex';

/** Every bucket that a product publishes to. */
export async function bucketsInUse(knex: Knex): Promise<readonly string[]> {
  const rows = await knex('products')
    .distinct('bucket_name')
    .orderBy('bucket_name')
    .select<{ bucket_name: string }[]>();
  return rows.map((row) => row.bucket_name);
}

/** Counts one more pass of Reconcile and answers its number; at least `atLeast`. */
export async function countPass(knex: Knex, atLeast = 0): Promise<number> {
  const { rows } = await knex.raw<{ rows: { pass: string }[] }>(
    'UPDATE reconcile_passes SET pass = greatest(pass + 1, ?) RETURNING pass',
    [atLeast],
  );
  return Number(rows[0]?.pass ?? 0);
}

/**
 * Marks every edition of a bucket as one whose objects nobody knows: after the database was restored, the bucket is
 * ahead of it. What is under way becomes void, and whoever writes next waits, as after a writer that did not let go.
 * Answers how many editions there are.
 */
export async function resyncBucket(knex: Knex, bucket: string): Promise<number> {
  return knex('editions')
    .whereIn('product_id', knex('products').where({ bucket_name: bucket }).select('id'))
    .update({
      dirty: true,
      plan_id: null,
      plan_generation: null,
      phase: null,
      headers_policy: null,
      writer_id: knex.raw('gen_random_uuid()'),
      writer_seen_at: knex.raw('clock_timestamp()'),
      restore_after: null,
    });
}
