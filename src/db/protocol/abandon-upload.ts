import type { Knex } from 'knex';
import { lockBuild } from '../queries/builds.js';

/** A build that was never said to be uploaded, and that may never be. */
export interface OpenUpload {
  readonly buildId: number;
  readonly registered: Date;
  /** When it was taken. */
  readonly now: Date;
  readonly bucket: string;
  readonly productSlug: string;
  readonly buildSlug: string;
}

/** Uploads that one pass looks at: each costs a listing. */
const batch = 10;

/** An upload that was taken and not judged, for its bucket does not answer, keeps no other waiting meanwhile. */
const retry = '10 minutes';

/**
 * Takes the uploads that it is time to look at, by the notes of earlier looks or else some hours after their
 * registration, and sees to it that nobody else takes them for a while.
 */
export async function takeUploads(knex: Knex, patienceHours: number): Promise<readonly OpenUpload[]> {
  const { rows } = await knex.raw<{ rows: OpenUpload[] }>(
    /* sql */ `
    UPDATE builds SET upload_look_at = now() + :retry::interval
    FROM products
    WHERE builds.id IN (
      SELECT id FROM builds
      WHERE NOT uploaded AND date_ended IS NULL AND abandoned_at IS NULL
        AND coalesce(upload_look_at, date_created + make_interval(hours => :patienceHours)) <= now()
      ORDER BY coalesce(upload_look_at, date_created), id LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED
    )
      AND products.id = builds.product_id
    RETURNING builds.id AS "buildId", builds.date_created AS registered, now(), products.bucket_name AS bucket,
      products.slug AS "productSlug", builds.slug AS "buildSlug"`,
    { retry, patienceHours, batch },
  );
  return rows;
}

/** Notes that an upload is alive, and when to look at it again. */
export async function lookAgainAt(knex: Knex, buildId: number, time: Date): Promise<void> {
  await knex('builds').where({ id: buildId }).update({ upload_look_at: time });
}

/**
 * Gives an upload up for dead, for good: the build's lock decides between this and the client who says that it is done.
 * Answers false where somebody has said so, or has deprecated the build.
 */
export async function abandonUpload(trx: Knex.Transaction, buildId: number): Promise<boolean> {
  const build = await lockBuild(trx, buildId);
  if (build === undefined || build.uploaded || build.date_ended !== null || build.abandoned_at !== null) return false;
  await trx('builds').where({ id: buildId }).update({ abandoned_at: trx.fn.now() });
  return true;
}
