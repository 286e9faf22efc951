import { Context } from '@temporalio/activity';
import { findWantedDomain, markDomainFailed, markDomainRegistered } from '../../db/queries/domain-records.js';
import { domainRecord } from '../../domain/domain-record.js';
import { LtdError } from '../../domain/errors.js';
import type { ActivityDeps } from '../dependencies.js';

/** Registers a product's domain, if its row asks for it. Safe to retry: the record is set, not added. */
export function createRegisterDomain({ knex, dns }: Pick<ActivityDeps, 'knex' | 'dns'>) {
  return async (productId: number): Promise<void> => {
    const product = await findWantedDomain(knex, productId);
    if (product === null) return;
    // Another worker may have the setting, or this one after its next start.
    if (dns === null)
      throw new LtdError('dns_unavailable', 'LTD_ROUTE53 is not set for this worker: set it, or terminate the run');
    await dns.register(domainRecord(product), { signal: Context.current().cancellationSignal });
    await markDomainRegistered(knex, productId);
  };
}

/** Notes why a product's domain cannot be registered as things are. Safe to retry: at worst the pause grows. */
export function createFailDomain({ knex, logger }: Pick<ActivityDeps, 'knex' | 'logger'>) {
  return async (productId: number, reason: string): Promise<void> => {
    await markDomainFailed(knex, productId, reason);
    logger.warn({ product_id: productId, error: reason }, 'the domain of a product could not be registered');
  };
}
