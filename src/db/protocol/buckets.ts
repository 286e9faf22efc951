import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { type GivenMarks, isInStep, marksAfter, noMarks } from '../../domain/bucket-mark.js';
import type { Product } from '../models/product.js';
import { transaction } from '../transaction.js';
import { noPlan, noRestore } from './lock.js';
import type { PassTurn } from './passes.js';

/** A bucket, and the first product that publishes to it. */
export interface BucketInUse {
  readonly productId: number;
  readonly bucket: string;
}

/** Returns the buckets of all products, ordered by their first products; with a turn, some of them. */
export async function bucketsInUse(knex: Knex, turn?: PassTurn): Promise<readonly BucketInUse[]> {
  return knex('products')
    .groupBy('bucket_name')
    .orderByRaw('min(id)')
    .modify((some) => {
      if (turn !== undefined) void some.havingRaw('min(id) > ?', [turn.after]).limit(turn.limit);
    })
    .select<BucketInUse[]>('bucket_name AS bucket', knex.raw('min(id) AS "productId"'));
}

/** Returns the marks that the service has given a bucket. */
export async function givenMarks(knex: Knex, bucket: string): Promise<GivenMarks> {
  const row = await knex('bucket_marks').where({ bucket_name: bucket }).first<GivenMarks | undefined>('tokens', 'seen');
  return row ?? noMarks;
}

/**
 * Stores the next mark of a bucket, before the caller writes it there. Returns null if the bucket's mark is unknown: a
 * new mark would hide that.
 */
export async function nextMark(trx: Knex.Transaction, bucket: string, found: string | null): Promise<string | null> {
  const given = await lockMarks(trx, bucket);
  if (!isInStep(given, found)) return null;
  const mark = randomUUID();
  const { tokens, seen } = marksAfter(given, found);
  await saveMarks(trx, bucket, { tokens: [...tokens, mark], seen });
  return mark;
}

/** Accepts the mark that a bucket holds. */
export async function adoptMark(trx: Knex.Transaction, bucket: string, found: string | null): Promise<void> {
  await saveMarks(trx, bucket, marksAfter(await lockMarks(trx, bucket), found));
}

async function lockMarks(trx: Knex.Transaction, bucket: string): Promise<GivenMarks> {
  await trx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [`mark of ${bucket}`]);
  return givenMarks(trx, bucket);
}

async function saveMarks(trx: Knex.Transaction, bucket: string, { tokens, seen }: GivenMarks): Promise<void> {
  await trx('bucket_marks')
    .insert({ bucket_name: bucket, tokens: [...tokens], seen })
    .onConflict('bucket_name')
    .merge();
}

/** A transaction of so many editions takes some 0.2 s, so no publication waits longer. */
const resyncBatch = 5_000;

/**
 * Marks every edition of a bucket as dirty with unknown objects, after the database was restored from an older copy.
 * Plans become void, and the next writer waits as after a lost one. Safe to repeat.
 *
 * @returns the number of editions.
 */
export async function resyncBucket(knex: Knex, bucket: string, batch = resyncBatch): Promise<number> {
  let editions = 0;
  for (let ids = [0]; ids.length > 0; editions += ids.length) {
    const after = ids.at(-1) ?? 0;
    ids = await transaction(knex, (trx) => resyncSome(trx, bucket, { after, limit: batch }));
  }
  return editions;
}

async function resyncSome(trx: Knex.Transaction, bucket: string, { after, limit }: PassTurn): Promise<number[]> {
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
      ...noPlan,
      dirty: true,
      headers_policy: null,
      writer_id: trx.raw('gen_random_uuid()'),
      writer_seen_at: trx.raw('clock_timestamp()'),
      restore_after: null,
    });
  return ids;
}

/**
 * Gives a product another bucket, and deletes what is stored about the old one: manifests, headers, ETags, the
 * dashboard. Plans become void, so no copy to the old bucket counts. The caller holds the lock of the product.
 *
 * It locks the editions, because a plan reads the bucket under its edition's lock alone.
 *
 * @returns the ids of the product's editions; null, without a change, if one ever published a build.
 */
export async function changeBucket(
  trx: Knex.Transaction,
  { id: productId }: Pick<Product, 'id'>,
  bucket: string,
): Promise<readonly number[] | null> {
  // Not EXISTS, for which PostgreSQL may read the history of all editions.
  const { rows } = await trx.raw<{ rows: { id: number; published: boolean }[] }>(
    /* sql */ `
    SELECT id, published_build_id IS NOT NULL OR (
      SELECT true FROM rebuilds WHERE edition_id = editions.id AND outcome = 'published' LIMIT 1
    ) IS NOT NULL AS published
    FROM editions WHERE product_id = ? ORDER BY id FOR NO KEY UPDATE`,
    [productId],
  );
  if (rows.some(({ published }) => published)) return null;
  const ids = rows.map(({ id }) => id);
  await trx('products').where({ id: productId }).update({ bucket_name: bucket, dashboard_digest: null });
  await trx('editions')
    .where({ product_id: productId })
    .update({ ...noPlan, ...noRestore, headers_policy: null, may_hold_objects: false, copied_policy: null });
  await trx('edition_etags').whereRaw('edition_id = ANY(CAST(? AS integer[]))', [ids]).delete();
  const builds = await trx('builds').where({ product_id: productId }).pluck<number[]>('id');
  const ofBuilds = trx('manifests').whereRaw('build_id = ANY(CAST(? AS integer[]))', [builds]);
  // Each half has an index. Drafts first: the second statement deletes one that ends in between.
  await ofBuilds.clone().whereNull('finished_at').delete();
  await ofBuilds.clone().whereNotNull('finished_at').delete();
  return ids;
}
