import type { Knex } from 'knex';
import { uploadFormHours } from '../../domain/upload-life.js';
import type { BuildDeletion } from '../../workflows/contract.js';
import { Build } from '../models/build.js';
import { lockBuild } from '../queries/builds.js';
import { lockProduct, noPlan, noRestore } from './lock.js';

/** Which builds lose their objects. */
export interface DeletionRules {
  /** Days after which deprecated builds lose their objects; null: never. */
  readonly deprecatedAfterDays: number | null;
  /** Whether abandoned uploads lose their objects. */
  readonly abandonedUploads: boolean;
}

/** A build whose objects are due for deletion. */
export interface DueBuild {
  readonly buildId: number;
  readonly productSlug: string;
  readonly buildSlug: string;
}

/**
 * A build keeps its objects for so many hours after its registration, so that no upload arrives after the deletion. The
 * added hour covers wrong clocks and a running upload.
 */
const uploadHours = uploadFormHours + 1;

/** Builds per pass, so that deletions do not displace publications. */
const maxBuilds = 20;

/** Returns builds whose objects are due for deletion, new ones first: deletions that fail must not hide the others. */
export async function dueBuilds(knex: Knex, rules: DeletionRules): Promise<readonly DueBuild[]> {
  return deletable(knex, rules)
    .join('products', 'products.id', 'builds.product_id')
    .orderByRaw('builds.deletion_started_at NULLS FIRST, builds.id')
    .limit(maxBuilds)
    .select<DueBuild[]>({ buildId: 'builds.id', productSlug: 'products.slug', buildSlug: 'builds.slug' });
}

/**
 * Begins the deletion of a build's objects. Returns null if they are not due. Afterwards no edition can declare the
 * build: a declaration holds the lock of the product and refuses an ended build. Safe to repeat.
 */
export async function beginBuildDeletion(
  trx: Knex.Transaction,
  buildId: number,
  rules: DeletionRules,
): Promise<BuildDeletion | null> {
  const found = await Build.query(trx).findById(buildId).select('product_id');
  if (found === undefined) return null;
  const product = await lockProduct(trx, found.product_id);
  const build = await lockBuild(trx, buildId);
  const due = await deletable(trx, rules).where('builds.id', buildId).select<{ id: number }[]>('builds.id');
  if (build === undefined || due.length === 0) return null;
  await trx('builds').where({ id: buildId }).update({ deletion_started_at: trx.fn.now() });
  return {
    buildId,
    bucket: product.bucket_name,
    productSlug: product.slug,
    buildSlug: build.slug,
    surrogateKey: build.surrogate_key,
  };
}

/** Stores that a build has no objects left, and deletes its manifests. Safe to repeat; the first time is kept. */
export async function finishBuildDeletion(knex: Knex, buildId: number): Promise<void> {
  const begun = knex('builds').where({ id: buildId }).whereNotNull('deletion_started_at').select('id');
  await knex('manifests').whereIn('build_id', begun).delete();
  await knex('builds')
    .where({ id: buildId, objects_deleted_at: null })
    .whereNotNull('deletion_started_at')
    .update({ objects_deleted_at: knex.fn.now() });
}

/**
 * Builds that are due by the rules, that accept no upload, and that no edition declares, shows or may hold parts of.
 * None has an open rebuild, whose plan may not have recorded its writes yet.
 */
function deletable(knex: Knex, { deprecatedAfterDays, abandonedUploads }: DeletionRules): Knex.QueryBuilder {
  return knex('builds')
    .whereNull('builds.objects_deleted_at')
    .whereRaw('builds.date_created <= now() - make_interval(hours => ?)', [uploadHours])
    .where((due) => {
      void due.whereRaw('false');
      if (deprecatedAfterDays !== null)
        void due.orWhereRaw('builds.date_ended <= now() - make_interval(days => ?)', [deprecatedAfterDays]);
      if (abandonedUploads) void due.orWhereNotNull('builds.abandoned_at');
    })
    .whereNotExists(knex('editions').whereRaw('editions.build_id = builds.id'))
    .whereNotExists(knex('editions').whereRaw('editions.published_build_id = builds.id'))
    .whereNotExists(
      knex('editions')
        .whereRaw(`editions.product_id = builds.product_id AND editions.tried_builds <> '{}'`)
        .whereRaw('builds.id = ANY (editions.tried_builds)'),
    )
    .whereNotExists(knex('rebuilds').whereRaw('rebuilds.build_id = builds.id AND rebuilds.outcome IS NULL'));
}

/** Editions per pass, so that publications come between. */
const maxEditions = 100;

/**
 * Marks editions that were deprecated at least `afterDays` ago for the deletion of their objects, the oldest first, and
 * returns their ids. They need work until no object is left.
 */
export async function markDeletions(trx: Knex.Transaction, afterDays: number): Promise<readonly number[]> {
  const { rows } = await trx.raw<{ rows: { id: number }[] }>(
    /* sql */ `
    UPDATE editions SET deleting = true, restore_failures = 0, restore_after = NULL
    WHERE id IN (
      SELECT id FROM editions
      WHERE date_ended <= now() - make_interval(days => :afterDays) AND objects_deleted_at IS NULL AND NOT deleting
      ORDER BY date_ended, id LIMIT :maxEditions FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING id`,
    { afterDays, maxEditions },
  );
  return rows.map(({ id }) => id);
}

/**
 * Removes the mark from editions that are no longer due after a change of the setting, and returns their ids: the next
 * plan restores them. `afterDays` is null if objects are never deleted.
 */
export async function unmarkDeletions(trx: Knex.Transaction, afterDays: number | null): Promise<readonly number[]> {
  const ids = await trx('editions')
    .where('deleting', true)
    .whereRaw('(:afterDays::int IS NULL OR date_ended > now() - make_interval(days => :afterDays::int))', {
      afterDays,
    })
    .orderBy('id')
    .limit(maxEditions)
    .forNoKeyUpdate()
    .pluck<number[]>('id');
  await stopDeletions(trx, ids);
  return ids;
}

/** Stops the deletion of these editions' objects: its plan is void, and its attempt stops. */
export async function stopDeletions(trx: Knex.Transaction, ids: readonly number[]): Promise<void> {
  await trx('editions')
    .whereIn('id', ids)
    .where('deleting', true)
    .update({ ...noPlan, ...noRestore, deleting: false });
}
