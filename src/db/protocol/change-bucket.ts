import type { Knex } from 'knex';
import type { Product } from '../models/product.js';

/**
 * Gives a product another bucket and forgets what was known of the old one: manifests, headers, ETags, the dashboard.
 * Plans under way become void, so a copy to the old bucket never counts as published. The caller holds the lock of the
 * product.
 *
 * The editions are locked too: a plan reads the bucket under its edition's lock alone. So each plan either began before
 * and is void, or begins after and has the new bucket.
 *
 * @returns the ids of the product's editions; null, and nothing is changed, where one ever published a build.
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
  await trx('editions').where({ product_id: productId }).update({
    plan_id: null,
    plan_generation: null,
    phase: null,
    headers_policy: null,
    may_hold_objects: false,
    copied_policy: null,
    restore_failures: 0,
    restore_after: null,
  });
  await trx('edition_etags').whereRaw('edition_id = ANY(CAST(? AS integer[]))', [ids]).delete();
  const builds = await trx('builds').where({ product_id: productId }).select<{ id: number }[]>('id');
  const ofBuilds = trx('manifests').whereRaw('build_id = ANY(CAST(? AS integer[]))', [builds.map((build) => build.id)]);
  // Each half has an index of its own. Drafts first: one that ends in between is deleted by the second statement.
  await ofBuilds.clone().whereNull('finished_at').delete();
  await ofBuilds.clone().whereNotNull('finished_at').delete();
  return ids;
}
