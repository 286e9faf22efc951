import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { type BucketMark, isInStep, tokensAfter } from '../../domain/bucket-mark.js';
import { countPass } from './passes.js';

/** The marks that a bucket may hold; null where it was given none. */
export async function expectedTokens(knex: Knex, bucket: string): Promise<readonly string[] | null> {
  const row = await knex('bucket_marks')
    .where({ bucket_name: bucket })
    .first<{ tokens: string[] } | undefined>('tokens');
  return row?.tokens ?? null;
}

/** What is known of a bucket that is to be given a mark. */
export interface LookedAt {
  /** What it holds. */
  readonly found: BucketMark | null;
  /** Whether its editions are looked at anew already, for bucket and database were not in step. */
  readonly resynced: boolean;
}

/**
 * Gives out the next mark of a bucket, before it is put there. None (null) where the one that was found shows that the
 * bucket or the database was restored from an older copy: its editions are to be looked at anew before, for the next mark
 * hides that.
 */
export async function issueMark(
  trx: Knex.Transaction,
  bucket: string,
  { found, resynced }: LookedAt,
): Promise<(BucketMark & { readonly token: string }) | null> {
  await trx.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [`mark of ${bucket}`]);
  const expected = await expectedTokens(trx, bucket);
  if (!resynced && !isInStep(expected, found)) return null;
  const mark = { pass: await countPass(trx, (found?.pass ?? 0) + 1), token: randomUUID() };
  await trx('bucket_marks')
    .insert({ bucket_name: bucket, tokens: [...tokensAfter(expected, found, mark.token)] })
    .onConflict('bucket_name')
    .merge();
  return mark;
}
