import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import type { ManifestRow } from '../manifests/stored-manifest.js';
import { Build } from '../models/build.js';
import { productFacts, type ProductFacts, productOf, selectList, type WithProduct } from './products.js';

const factsOfBuild = [
  'id',
  'product_id',
  'slug',
  'git_refs',
  'github_requester',
  'surrogate_key',
  'uploaded',
  'date_created',
  'date_ended',
  'abandoned_at',
] as const satisfies readonly (keyof Build)[];

/** The columns that show a build. */
export type BuildFacts = Pick<Build, (typeof factsOfBuild)[number]>;

/** A build and its product. */
export interface BuildOfProduct {
  readonly build: BuildFacts;
  readonly product: ProductFacts;
}

const buildsWithProducts = `SELECT ${selectList('builds', factsOfBuild)}, ${productFacts}
  FROM products JOIN builds ON builds.product_id = products.id`;

/** Returns the builds with these ids, also deprecated ones, by id. */
export async function findBuildsByIds(
  knex: Knex,
  ids: readonly number[],
): Promise<ReadonlyMap<number, BuildOfProduct>> {
  const { rows } = await knex.raw<{ rows: readonly (BuildFacts & WithProduct)[] }>(
    `${buildsWithProducts} WHERE builds.id = ANY(CAST(:ids AS integer[]))`,
    { ids },
  );
  return new Map(rows.map((build) => [build.id, { build, product: productOf(build) }]));
}

/** Returns a build, also a deprecated one, or undefined. */
export async function findBuildById(knex: Knex, id: number): Promise<BuildOfProduct | undefined> {
  return (await findBuildsByIds(knex, [id])).get(id);
}

/** Locks a build's product, then the build, and returns both, or undefined. */
export async function lockBuildWithProduct(trx: Knex.Transaction, id: number): Promise<BuildOfProduct | undefined> {
  // PostgreSQL locks in the order of the tables after OF.
  const { rows } = await trx.raw<{ rows: readonly (BuildFacts & WithProduct)[] }>(
    `${buildsWithProducts} WHERE builds.id = :id FOR NO KEY UPDATE OF products, builds`,
    { id },
  );
  const [build] = rows;
  return build && { build, product: productOf(build) };
}

/** Whether an edition has a pending rebuild to this build, whose copy records the manifest. */
export async function isAwaited(knex: Knex, id: number): Promise<boolean> {
  return (await knex('editions').where({ build_id: id, pending_rebuild: true }).limit(1).pluck('id')).length > 0;
}

/** Locks a build and returns it, or undefined. */
export async function lockBuild(trx: Knex.Transaction, id: number): Promise<Build | undefined> {
  return Build.query(trx).findById(id).forNoKeyUpdate();
}

/** Returns the ids of a product's builds that are not deprecated, in order; none for an unknown product. */
export async function listBuildIds(knex: Knex, productSlug: string): Promise<readonly number[]> {
  return knex('builds')
    .join('products', 'products.id', 'builds.product_id')
    .where('products.slug', productSlug)
    .whereNull('builds.date_ended')
    .orderBy('builds.id')
    .pluck<number[]>('builds.id');
}

/** Returns the builds of a product, also deprecated ones, in order. */
export async function buildsOfProduct(knex: Knex, productId: number): Promise<readonly Build[]> {
  return Build.query(knex).where('product_id', productId).orderBy('id');
}

/** Returns the numeric slugs of a product's builds, also of deprecated ones. */
export async function numericBuildSlugs(knex: Knex, productId: number): Promise<readonly string[]> {
  return knex('builds').where('product_id', productId).where('slug', '~', '^[0-9]+$').pluck<string[]>('slug');
}

/** Returns which of these slugs builds of the product have, also deprecated ones. */
export async function slugsOfBuilds(
  knex: Knex,
  productId: number,
  slugs: readonly string[],
): Promise<ReadonlySet<string>> {
  const builds = knex('builds').where('product_id', productId);
  return new Set(await builds.whereIn('slug', [...slugs]).pluck<string[]>('slug'));
}

/** Returns the refs of these builds, by id. */
export async function gitRefsOfBuilds(
  knex: Knex,
  ids: readonly number[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (ids.length === 0) return new Map();
  const { rows } = await knex.raw<{ rows: readonly Pick<Build, 'id' | 'git_refs'>[] }>(
    'SELECT id, git_refs FROM builds WHERE id = ANY(CAST(:ids AS integer[]))',
    { ids },
  );
  return new Map(rows.map(({ id, git_refs: gitRefs }) => [id, gitRefs]));
}

type NewBuild = Pick<Build, 'product_id' | 'slug' | 'git_refs' | 'github_requester' | 'surrogate_key'>;

/**
 * Adds a build. The caller holds the lock of the product.
 *
 * @throws {LtdError} `invalid` if a build of the product has the slug, also a deprecated one.
 */
export async function insertBuild(trx: Knex.Transaction, build: NewBuild): Promise<Build> {
  const { product_id, slug } = build;
  // Check before the insert: a failed insert consumes an id, and addresses would skip a number.
  const taken = await Build.query(trx).findOne({ product_id, slug }).select('id');
  if (taken !== undefined) throw new LtdError('invalid', 'Invalid Build, slug already exists');
  return Build.query(trx).insert(build).returning('*');
}

/** Marks a build as uploaded. The first time is kept. */
export async function markUploaded(trx: Knex.Transaction, id: number): Promise<void> {
  await trx<Build>('builds')
    .where({ id })
    .update({ uploaded: true, date_uploaded: trx.raw('coalesce(date_uploaded, now())') });
}

/** Deprecates a build. As in LTD Keeper 1.x, the latest time is kept. */
export async function markBuildEnded(trx: Knex.Transaction, id: number): Promise<void> {
  await trx<Build>('builds').where({ id }).update({ date_ended: trx.fn.now() });
}

/** The size of a build by its manifest. */
export interface RecordedBuild {
  readonly objects: number;
  readonly bytes: number;
}

/** Returns the sizes of these builds, by id, if a manifest is recorded. */
export async function recordedBuilds(knex: Knex, ids: readonly number[]): Promise<ReadonlyMap<number, RecordedBuild>> {
  // A build has one finished manifest. By ANY, so that the text does not depend on the number of ids.
  const rows = await knex<ManifestRow>('manifests')
    .whereRaw('build_id = ANY(CAST(? AS integer[]))', [[...ids]])
    .whereNotNull('finished_at')
    .select('build_id', 'objects', 'bytes');
  return new Map(rows.map(({ build_id: id, objects, bytes }) => [id, { objects, bytes: Number(bytes) }] as const));
}
