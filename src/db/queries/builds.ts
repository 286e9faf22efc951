import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import type { ManifestRow } from '../manifests/manifest-row.js';
import { Build } from '../models/build.js';
import { productFacts, type ProductFacts, productOf, type WithProduct } from './products.js';
import { selectList } from './summarise-editions.js';

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

/** What is read of a build to show it, or to announce it. */
export type BuildFacts = Pick<Build, (typeof factsOfBuild)[number]>;

/** A build with the product that it is of. */
export interface BuildOfProduct {
  readonly build: BuildFacts;
  readonly product: ProductFacts;
}

const buildsWithProducts = `SELECT ${selectList('builds', factsOfBuild)}, ${productFacts}
  FROM products JOIN builds ON builds.product_id = products.id`;

/** Those of these builds that there are, deprecated or not, by id. */
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

/** A build by id, deprecated or not, or undefined. */
export async function findBuildById(knex: Knex, id: number): Promise<BuildOfProduct | undefined> {
  return (await findBuildsByIds(knex, [id])).get(id);
}

/** Locks a build's product and then the build, or answers undefined. Editions are locked after them. */
export async function lockBuildWithProduct(trx: Knex.Transaction, id: number): Promise<BuildOfProduct | undefined> {
  // PostgreSQL locks the rows in the order in which OF names their tables, and answers them as they are then.
  const { rows } = await trx.raw<{ rows: readonly (BuildFacts & WithProduct)[] }>(
    `${buildsWithProducts} WHERE builds.id = :id FOR NO KEY UPDATE OF products, builds`,
    { id },
  );
  const [build] = rows;
  return build && { build, product: productOf(build) };
}

/** Whether an edition has a pending rebuild to this build, whose copy records the manifest. */
export async function isAwaited(knex: Knex, id: number): Promise<boolean> {
  const rows = await knex('editions')
    .where({ build_id: id, pending_rebuild: true })
    .limit(1)
    .select<{ id: number }[]>('id');
  return rows.length > 0;
}

/** Locks a build, or answers undefined. Its product is locked before it, editions after it. */
export async function lockBuild(trx: Knex.Transaction, id: number): Promise<Build | undefined> {
  return Build.query(trx).findById(id).forNoKeyUpdate();
}

/** The ids of a product's builds that are not deprecated, in order. None where there is no such product. */
export async function listBuildIds(knex: Knex, productSlug: string): Promise<readonly number[]> {
  const rows = await Build.query(knex)
    .join('products', 'products.id', 'builds.product_id')
    .where('products.slug', productSlug)
    .whereNull('builds.date_ended')
    .orderBy('builds.id')
    .select('builds.id');
  return rows.map(({ id }) => id);
}

/** The builds of a product, deprecated ones too, in order. */
export async function buildsOfProduct(knex: Knex, productId: number): Promise<readonly Build[]> {
  return Build.query(knex).where('product_id', productId).orderBy('id');
}

/** The slugs of a product's builds, deprecated ones too, that are whole numbers. */
export async function numericBuildSlugs(knex: Knex, productId: number): Promise<readonly string[]> {
  const rows = await Build.query(knex).where('product_id', productId).where('slug', '~', '^[0-9]+$').select('slug');
  return rows.map(({ slug }) => slug);
}

/** Those of these slugs that builds of the product have, deprecated ones too. */
export async function slugsOfBuilds(
  knex: Knex,
  productId: number,
  slugs: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await Build.query(knex)
    .where('product_id', productId)
    .whereIn('slug', [...slugs])
    .select('slug');
  return new Set(rows.map(({ slug }) => slug));
}

/** The refs of these builds, by id. */
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

/** What a new build is made of. */
type NewBuild = Pick<Build, 'product_id' | 'slug' | 'git_refs' | 'github_requester' | 'surrogate_key'>;

/**
 * Adds a build. The caller holds the lock of the product.
 *
 * @throws {LtdError} `invalid` when a build of the product has the slug, a deprecated one too.
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

/** How much of a build is known to be in the bucket. */
export interface RecordedBuild {
  readonly objects: number;
  readonly bytes: number;
}

/** What is known of these builds, by id; nothing of those that were never looked at. One statement for all. */
export async function recordedBuilds(knex: Knex, ids: readonly number[]): Promise<ReadonlyMap<number, RecordedBuild>> {
  // Of the finished manifests of a build there is one. By ANY: one text however many there are.
  const rows = await knex<ManifestRow>('manifests')
    .whereRaw('build_id = ANY(CAST(? AS integer[]))', [[...ids]])
    .whereNotNull('finished_at')
    .select('build_id', 'objects', 'bytes');
  return new Map(rows.map(({ build_id: id, objects, bytes }) => [id, { objects, bytes: Number(bytes) }] as const));
}
