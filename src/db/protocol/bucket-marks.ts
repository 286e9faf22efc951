import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { type BucketMark, isInStep, tokensAfter } from '../../domain/bucket-mark.js';
import { countPass, resyncBucket } from './passes.js';

/** The marks that a bucket may hold; null where it was given none. */
export async function expectedTokens(knex: Knex, bucket: string): Promise<readonly string[] | null> {
  const row = await knex('bucket_marks')
    .where({ bucket_name: bucket })
    .first<{ tokens: string[] } | undefined>('tokens');
  return row?.tokens ?? null;
}

/** The mark to put into a bucket, and what was found out. */
export interface IssuedMark {
  readonly mark: BucketMark & { readonly token: string };
  /** How many editions are looked at anew, since bucket and database are not in step; null: they are. */
  readonly resynced: number | null;
}

/**
 * Gives out the next mark of a bucket, before it is put there. Where the one that was found shows that the bucket or the
 * database was restored from an older copy, every edition of the bucket is looked at anew, in the same transaction.
 */
export async function issueMark(
  trx: Knex.Transaction,
  bucket: string,
  found: BucketMark | null,
): Promise<IssuedMark> {
  await trx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [`mark of ${bucket}`]);
  const expected = await expectedTokens(trx, bucket);
  const resynced = isInStep(expected, found) ? null : await resyncBucket(trx, bucket);
  const mark = { pass: await countPass(trx, (found?.pass ?? 0) + 1), token: randomUUID() };
  await trx('bucket_marks')
    .insert({ bucket_name: bucket, tokens: [...tokensAfter(expected, found, mark.token)] })
    .onConflict('bucket_name')
    .merge();
  return { mark, resynced };
}
