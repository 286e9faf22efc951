import type { Knex } from 'knex';
import { uploadFormHours } from '../../domain/upload-life.js';
import type { BuildDeletion } from '../../workflows/contract.js';
import { Build } from '../models/build.js';
import { lockBuild } from '../queries/builds.js';
import { lockProduct } from './lock.js';

/** Which builds lose their objects. */
export interface DeletionRules {
  /** How long those of deprecated builds are kept, in days; null: for ever. */
  readonly deprecatedAfterDays: number | null;
  /** Whether those of abandoned uploads go. */
  readonly abandonedUploads: boolean;
}

/** A build whose objects are due, with what the Web UI should say of the removal. */
export interface DueBuild {
  readonly buildId: number;
  readonly productSlug: string;
  readonly buildSlug: string;
}

/**
 * Hours from its registration in which a build keeps its objects: nobody looks for objects that come after the removal.
 * One hour more than its forms accept uploads, for the difference of the clocks and for an upload under way.
 */
const uploadHours = uploadFormHours + 1;

/** Builds that one pass looks at: removals go on beside publications, and must not crowd them out. */
const maxBuilds = 20;

/**
 * The builds whose objects are due to be removed, those that nobody has begun with first: else the removals that cannot
 * succeed would hide the others.
 */
export async function dueBuilds(knex: Knex, rules: DeletionRules): Promise<readonly DueBuild[]> {
  return deletable(knex, rules)
    .join('products', 'products.id', 'builds.product_id')
    .orderByRaw('builds.deletion_started_at NULLS FIRST, builds.id')
    .limit(maxBuilds)
    .select<DueBuild[]>({ buildId: 'builds.id', productSlug: 'products.slug', buildSlug: 'builds.slug' });
}

/**
 * Begins the removal of a build's objects, or answers null where they are not due, or somebody needs them after all.
 * From then on nothing can declare the build: whatever does so holds the lock of the product, and refuses a build that
 * has ended. May be repeated.
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

/**
 * Notes that nothing is left of a build whose removal was begun, and forgets what it held. May be repeated; the first
 * time counts.
 */
export async function finishBuildDeletion(knex: Knex, buildId: number): Promise<void> {
  const begun = knex('builds').where({ id: buildId }).whereNotNull('deletion_started_at').select('id');
  await knex('manifests').whereIn('build_id', begun).delete();
  await knex('builds')
    .where({ id: buildId, objects_deleted_at: null })
    .whereNotNull('deletion_started_at')
    .update({ objects_deleted_at: knex.fn.now() });
}

/**
 * Builds that the rules give up, that nobody can upload to, and that nobody needs: no edition declares one, shows one
 * or may hold parts of one, and no rebuild to one is open, whose plan may not have noted yet what it writes. What a
 * failed rebuild falls back to has not ended, so it is never among them.
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

/**
 * Editions that one pass marks, and takes marks from, at most: the next is seconds away, and publications come between.
 *
 */
const maxEditions = 100;

/**
 * Marks deprecated editions whose objects are due to be removed, the longest ended first, and answers their ids. From
 * then on their target is nothing, and they need work until nothing is left.
 *
 * @param afterDays - how long objects of what is deprecated are kept.
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
 * Takes the mark back from editions that are no longer due, since the setting is another or none by now, and answers
 * their ids: what is left of them is made whole again.
 *
 * @param afterDays - as above; null where objects are kept for ever.
 */
export async function unmarkDeletions(trx: Knex.Transaction, afterDays: number | null): Promise<readonly number[]> {
  const rows = await trx('editions')
    .where('deleting', true)
    .whereRaw('(:afterDays::int IS NULL OR date_ended > now() - make_interval(days => :afterDays::int))', {
      afterDays,
    })
    .orderBy('id')
    .limit(maxEditions)
    .forNoKeyUpdate()
    .select<{ id: number }[]>('id');
  const ids = rows.map(({ id }) => id);
  await stopDeletions(trx, ids);
  return ids;
}

/** Stops the removal of these editions' objects: a plan for it counts no more, and its attempt stops. */
export async function stopDeletions(trx: Knex.Transaction, ids: readonly number[]): Promise<void> {
  await trx('editions').whereIn('id', ids).where('deleting', true).update({
    deleting: false,
    plan_id: null,
    plan_generation: null,
    phase: null,
    restore_failures: 0,
    restore_after: null,
  });
}
