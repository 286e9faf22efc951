import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { isProductSlug } from '../../domain/slugs.js';
import { Product } from '../models/product.js';
import { violatedConstraint } from '../transaction.js';
import { selectList } from './summarise-editions.js';

const shownOfProduct = [
  'id',
  'slug',
  'doc_repo',
  'title',
  'root_domain',
  'root_fastly_domain',
  'bucket_name',
  'surrogate_key',
] as const satisfies readonly (keyof Product)[];

/** What is read of a product to show it. */
export type ShownProduct = Pick<Product, (typeof shownOfProduct)[number]>;

/** Those of these products that there are, by slug. A text that is no slug never reaches the database. */
export async function findProductsBySlugs(
  knex: Knex,
  slugs: readonly string[],
): Promise<ReadonlyMap<string, ShownProduct>> {
  const { rows } = await knex.raw<{ rows: readonly ShownProduct[] }>(
    `SELECT ${selectList('products', shownOfProduct)} FROM products WHERE slug = ANY(CAST(:slugs AS text[]))`,
    { slugs: slugs.filter(isProductSlug) },
  );
  return new Map(rows.map((product) => [product.slug, product]));
}

/** The slugs of all products, the oldest first. */
export async function listProductSlugs(knex: Knex): Promise<readonly string[]> {
  const rows = await Product.query(knex).select('slug').orderBy('id');
  return rows.map(({ slug }) => slug);
}

/** What a new product is made of. */
type NewProduct = Pick<
  Product,
  | 'slug'
  | 'doc_repo'
  | 'title'
  | 'root_domain'
  | 'root_fastly_domain'
  | 'bucket_name'
  | 'surrogate_key'
  | 'base_url'
  | 'domain_record'
>;

/**
 * Adds a product.
 *
 * @throws {LtdError} `conflict` when the slug is taken.
 */
export async function insertProduct(trx: Knex.Transaction, product: NewProduct): Promise<Product> {
  try {
    return await Product.query(trx).insert(product).returning('*');
  } catch (error) {
    if (violatedConstraint(error) !== 'products_slug_key') throw error;
    throw new LtdError('conflict', 'Invalid Product, slug already exists', { cause: error });
  }
}

/** What is read of a product together with an edition or a build of it. */
export type ProductFacts = Pick<Product, 'id' | 'slug' | 'root_domain' | 'bucket_name' | 'dashboard_generation'>;

/**
 * The columns of `products` beside those of its edition or build, in one statement: reads are most of what is asked.
 *
 */
export const productFacts = `products.slug AS "productSlug", products.root_domain AS "rootDomain",
  products.bucket_name AS "bucketName", products.dashboard_generation AS "dashboardGeneration"`;

/** A row that has {@link productFacts} beside its own. */
export interface WithProduct {
  readonly product_id: number;
  readonly productSlug: string;
  readonly rootDomain: string;
  readonly bucketName: string;
  readonly dashboardGeneration: number;
}

/** The product of such a row. */
export function productOf(row: WithProduct): ProductFacts {
  return {
    id: row.product_id,
    slug: row.productSlug,
    root_domain: row.rootDomain,
    bucket_name: row.bucketName,
    dashboard_generation: row.dashboardGeneration,
  };
}
