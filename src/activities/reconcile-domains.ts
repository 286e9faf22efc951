import { wantedDomains } from '../db/queries/domain-records.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'workflows' | 'dns'>;

/**
 * Starts the registration of every domain that nobody registers and that is not pausing after a failure. Safe to retry:
 * one run of a product is open at a time.
 */
export function createReconcileDomains({ knex, workflows, dns }: Dependencies) {
  return async (): Promise<void> => {
    if (dns === null) return;
    for (const product of await wantedDomains(knex)) await workflows.startDomain(product);
  };
}
