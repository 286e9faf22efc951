import { markDomainFailed } from '../../db/queries/domain-records.js';
import type { ActivityDeps } from '../dependencies.js';

/** Notes why a product's domain cannot be registered as things are. Safe to retry: at worst the pause grows. */
export function createFailDomain({ knex, logger }: Pick<ActivityDeps, 'knex' | 'logger'>) {
  return async (productId: number, reason: string): Promise<void> => {
    await markDomainFailed(knex, productId, reason);
    logger.warn({ product_id: productId, error: reason }, 'the domain of a product could not be registered');
  };
}
