import { ApplicationFailure } from '@temporalio/workflow';
import type { RegisterDomainInput } from './contract.js';
import { stepFailure } from './failures.js';
import { registerDomain, steps } from './proxies.js';

/**
 * Registers the domain of a new product. After a permanent failure it stores the reason in the product's row and fails;
 * `Reconcile` starts another run after a pause.
 */
export async function RegisterDomain({ productId }: RegisterDomainInput): Promise<void> {
  try {
    await registerDomain(productId);
  } catch (error) {
    const failure = stepFailure(error);
    if (failure === null) throw error;
    await steps.failDomain(productId, failure.message);
    throw ApplicationFailure.nonRetryable(failure.message, 'domain_not_registered');
  }
}
