import type { Knex } from 'knex';
import { Product } from '../models/product.js';
import type { OverdueTurn } from '../protocol/overdue.js';

/** A product whose domain is to be registered, and what the Web UI should say of it. */
export interface WantedDomain {
  readonly productId: number;
  readonly productSlug: string;
}

/** Returns the product if its domain must be registered, otherwise null. */
export async function findWantedDomain(knex: Knex, productId: number): Promise<Product | null> {
  const product = await Product.query(knex).findById(productId);
  return product?.domain_record === 'wanted' ? product : null;
}

/** Stores that a product's domain is registered. */
export async function markDomainRegistered(knex: Knex, productId: number): Promise<void> {
  await Product.query(knex).findById(productId).patch({
    domain_record: 'registered',
    domain_record_error: null,
    domain_record_failures: 0,
    domain_record_after: null,
  });
}

/** The longest pause between two tries, in seconds. */
const maxPause = 3_600;

/** Stores why a registration failed. The pause before the next attempt grows from 30 seconds to an hour. */
export async function markDomainFailed(knex: Knex, productId: number, reason: string): Promise<void> {
  await knex<Product>('products')
    .where({ id: productId, domain_record: 'wanted' })
    .update({
      domain_record_error: reason,
      domain_record_failures: knex.raw('domain_record_failures + 1'),
      domain_record_after: knex.raw(
        `now() + make_interval(secs => least(?, 30 * 2 ^ least(domain_record_failures, 10)))`,
        [maxPause],
      ),
    });
}

/** Products whose domain is to be registered and that are not pausing after a failure, in the order of their ids. */
export async function wantedDomains(knex: Knex, { after, limit }: OverdueTurn): Promise<readonly WantedDomain[]> {
  return knex('products')
    .where({ domain_record: 'wanted' })
    .where('id', '>', after)
    .where((due) => {
      void due.whereNull('domain_record_after').orWhere('domain_record_after', '<=', knex.fn.now());
    })
    .orderBy('id')
    .limit(limit)
    .select<WantedDomain[]>({ productId: 'id', productSlug: 'slug' });
}

/** Of each root domain the oldest product that asks, or asked, for a record in it. */
export async function rootDomainsInUse(
  knex: Knex,
): Promise<readonly Pick<Product, 'slug' | 'root_domain' | 'root_fastly_domain'>[]> {
  return knex<Product>('products')
    .distinctOn('root_domain')
    .whereNotNull('domain_record')
    .orderBy(['root_domain', 'id'])
    .select('slug', 'root_domain', 'root_fastly_domain');
}
