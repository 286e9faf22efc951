import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { isProductSlug } from '../../domain/slugs.js';
import { Product } from '../models/product.js';
import { violatedConstraint } from '../transaction.js';
import { selectList } from './select-list.js';

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
export type NewProduct = Pick<
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
