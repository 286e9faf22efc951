import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { type GivenMarks, isInStep, marksAfter, noMarks } from '../../domain/bucket-mark.js';

/** The marks that a bucket was given. */
export async function givenMarks(knex: Knex, bucket: string): Promise<GivenMarks> {
  const row = await knex('bucket_marks').where({ bucket_name: bucket }).first<GivenMarks | undefined>('tokens', 'seen');
  return row ?? noMarks;
}

/**
 * Gives out the next mark of a bucket, before it is put there. Null where bucket and database are not in step: a new
 * mark would hide that.
 */
export async function nextMark(trx: Knex.Transaction, bucket: string, found: string | null): Promise<string | null> {
  const given = await lockMarks(trx, bucket);
  if (!isInStep(given, found)) return null;
  const mark = randomUUID();
  const { tokens, seen } = marksAfter(given, found);
  await saveMarks(trx, bucket, { tokens: [...tokens, mark], seen });
  return mark;
}

/** Takes what a bucket holds as its mark, so that the next pass finds bucket and database in step. */
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
