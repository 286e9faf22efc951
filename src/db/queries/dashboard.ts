import type { Knex } from 'knex';
import type {
  BuildFacts,
  DashboardFacts,
  DashboardProduct,
  EditionFacts,
} from '../../domain/dashboard/dashboard-facts.js';
import { productDomain } from '../../domain/published-urls.js';
import { isOfEmptyBuild } from '../manifests/stored-manifest.js';
import { Build } from '../models/build.js';
import { Edition } from '../models/edition.js';
import { Product } from '../models/product.js';
import { onePurgeMore } from '../protocol/owed-purges.js';

/** Reads the facts of a product's dashboard in one snapshot. Throws Objection's `NotFoundError`. */
export async function loadDashboardFacts(knex: Knex, productId: number): Promise<DashboardFacts> {
  return knex.transaction(
    async (trx) => ({
      product: await productOf(trx, productId),
      editions: await editionsOf(trx, productId),
      builds: await buildsOf(trx, productId),
    }),
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

/** A change of the stored digest of a dashboard. */
export interface DigestNote {
  /** The digest that the caller expects. */
  readonly from: string | null;
  /** Null while a builder writes. */
  readonly to: string | null;
  /** Whether one more purge is due. @default false */
  readonly purgeDue?: boolean;
}

/** Stores a dashboard's digest. Returns false if the stored digest was not the expected one. */
export async function recordDashboardDigest(
  knex: Knex,
  productId: number,
  { from, to, purgeDue = false }: DigestNote,
): Promise<boolean> {
  const { purge_due: due, purge_since: since } = onePurgeMore;
  const { rows } = await knex.raw<{ rows: { alone: boolean }[] }>(
    /* sql */ `
    UPDATE products AS p SET dashboard_digest = :to
      ${purgeDue ? `, purge_due = ${due}, purge_since = ${since}` : ''}
    FROM (SELECT id, dashboard_digest FROM products WHERE id = :productId FOR NO KEY UPDATE) AS old
    WHERE p.id = old.id
    RETURNING old.dashboard_digest IS NOT DISTINCT FROM cast(:from AS text) AS alone`,
    { productId, from, to },
  );
  return rows[0]?.alone ?? true;
}

async function productOf(trx: Knex.Transaction, productId: number): Promise<DashboardProduct> {
  const product = await Product.query(trx).findById(productId).throwIfNotFound();
  return {
    slug: product.slug,
    title: product.title,
    docRepo: product.doc_repo,
    domain: productDomain(product.slug, product.root_domain),
    bucket: product.bucket_name,
    surrogateKey: product.surrogate_key,
    digest: product.dashboard_digest,
  };
}

async function editionsOf(trx: Knex.Transaction, productId: number): Promise<EditionFacts[]> {
  const rows = await Edition.query(trx)
    .where('product_id', productId)
    .whereNull('date_ended')
    .where((query) => {
      void query.whereNotNull('published_build_id').orWhere('pending_rebuild', true);
    })
    .select('slug', 'title', 'published_slug', 'published_build_id', 'pending_rebuild', 'tracked_refs', 'date_rebuilt');
  return rows.map((row) => ({
    slug: row.published_slug ?? row.slug,
    title: row.title,
    publishedBuildId: row.published_build_id,
    isRebuilding: row.pending_rebuild,
    trackedRefs: row.tracked_refs ?? [],
    dateRebuilt: row.date_rebuilt,
  }));
}

async function buildsOf(trx: Knex.Transaction, productId: number): Promise<BuildFacts[]> {
  const rows = await Build.query(trx)
    .where({ product_id: productId, uploaded: true })
    .whereNull('date_ended')
    .select('id', 'slug', 'git_refs', 'date_created')
    .select(trx.raw(`EXISTS (SELECT 1 FROM manifests WHERE build_id = builds.id AND ${isOfEmptyBuild}) AS is_empty`))
    .castTo<(Build & { is_empty: boolean })[]>();
  return rows.map((row) => ({
    id: row.id,
    slug: row.slug,
    gitRefs: row.git_refs,
    dateCreated: row.date_created,
    isEmpty: row.is_empty,
  }));
}
