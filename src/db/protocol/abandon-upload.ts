import type { Knex } from 'knex';
import { lockBuild } from '../queries/builds.js';

/** A build whose upload is not complete. */
export interface OpenUpload {
  readonly buildId: number;
  readonly registered: Date;
  /** By the database's clock. */
  readonly now: Date;
  readonly bucket: string;
  readonly productSlug: string;
  readonly buildSlug: string;
}

/** Uploads per pass: each costs a listing. */
const batch = 10;

/** If the bucket of an upload does not answer, other uploads come first for so long. */
const retry = '10 minutes';

/** Returns the uploads that are due for a check, at first `minAgeHours` after registration, and reserves them. */
export async function takeUploads(knex: Knex, minAgeHours: number): Promise<readonly OpenUpload[]> {
  const { rows } = await knex.raw<{ rows: OpenUpload[] }>(
    /* sql */ `
    UPDATE builds SET upload_look_at = now() + :retry::interval
    FROM products
    WHERE builds.id IN (
      SELECT id FROM builds
      WHERE NOT uploaded AND date_ended IS NULL AND abandoned_at IS NULL
        AND coalesce(upload_look_at, date_created + make_interval(hours => :minAgeHours)) <= now()
      ORDER BY coalesce(upload_look_at, date_created), id LIMIT :batch FOR NO KEY UPDATE SKIP LOCKED
    )
      AND products.id = builds.product_id
    RETURNING builds.id AS "buildId", builds.date_created AS registered, now(), products.bucket_name AS bucket,
      products.slug AS "productSlug", builds.slug AS "buildSlug"`,
    { retry, minAgeHours, batch },
  );
  return rows;
}

/** Stores when to check a running upload again. */
export async function lookAgainAt(knex: Knex, buildId: number, time: Date): Promise<void> {
  await knex('builds').where({ id: buildId }).update({ upload_look_at: time });
}

/** Abandons an upload for good. Returns false if the client has completed it or the build is deprecated. */
export async function abandonUpload(trx: Knex.Transaction, buildId: number): Promise<boolean> {
  const build = await lockBuild(trx, buildId);
  if (build === undefined || build.uploaded || build.date_ended !== null || build.abandoned_at !== null) return false;
  await trx('builds').where({ id: buildId }).update({ abandoned_at: trx.fn.now() });
  return true;
}
