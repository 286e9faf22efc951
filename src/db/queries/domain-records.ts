import type { Knex } from 'knex';
import { Product } from '../models/product.js';
import { afterPause } from '../protocol/lock.js';
import type { PassTurn } from '../protocol/passes.js';

/** A product whose domain must be registered. */
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

/** Stores why a registration failed. The pause before the next attempt grows from 30 seconds to an hour. */
export async function markDomainFailed(knex: Knex, productId: number, reason: string): Promise<void> {
  await knex<Product>('products')
    .where({ id: productId, domain_record: 'wanted' })
    .update({
      domain_record_error: reason,
      domain_record_failures: knex.raw('domain_record_failures + 1'),
      domain_record_after: knex.raw(afterPause('domain_record_failures')),
    });
}

/** Returns products whose domain must be registered and that do not pause after a failure, ordered by id. */
export async function wantedDomains(knex: Knex, { after, limit }: PassTurn): Promise<readonly WantedDomain[]> {
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

/** Returns the oldest product with a record in each root domain. */
export async function rootDomainsInUse(
  knex: Knex,
): Promise<readonly Pick<Product, 'slug' | 'root_domain' | 'root_fastly_domain'>[]> {
  return knex<Product>('products')
    .distinctOn('root_domain')
    .whereNotNull('domain_record')
    .orderBy(['root_domain', 'id'])
    .select('slug', 'root_domain', 'root_fastly_domain');
}
