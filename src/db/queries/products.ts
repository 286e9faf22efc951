import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { isProductSlug } from '../../domain/slugs.js';
import { Product } from '../models/product.js';
import { violatedConstraint } from '../transaction.js';

/** Lists columns by name, because a statement with `*` is not prepared (`prepared-statements.ts`). */
export function selectList(table: string, columns: readonly string[]): string {
  return columns.map((column) => `${table}.${column}`).join(', ');
}

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

/** The columns that show a product. */
export type ShownProduct = Pick<Product, (typeof shownOfProduct)[number]>;

/** Returns the products with these slugs, by slug. An invalid slug never reaches the database. */
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

/** Returns the slugs of all products, the oldest first. */
export async function listProductSlugs(knex: Knex): Promise<readonly string[]> {
  return knex('products').orderBy('id').pluck<string[]>('slug');
}

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

/** Adds a product. @throws {LtdError} `conflict` if the slug is taken. */
export async function insertProduct(trx: Knex.Transaction, product: NewProduct): Promise<Product> {
  try {
    return await Product.query(trx).insert(product).returning('*');
  } catch (error) {
    if (violatedConstraint(error) !== 'products_slug_key') throw error;
    throw new LtdError('conflict', 'Invalid Product, slug already exists', { cause: error });
  }
}

/** The columns of a product that reads of its editions and builds include. */
export type ProductFacts = Pick<Product, 'id' | 'slug' | 'root_domain' | 'bucket_name' | 'dashboard_generation'>;

/** {@link ProductFacts} for a statement that joins `products`. */
export const productFacts = `products.slug AS "productSlug", products.root_domain AS "rootDomain",
  products.bucket_name AS "bucketName", products.dashboard_generation AS "dashboardGeneration"`;

/** A row of such a statement. */
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
