import { ApplicationFailure } from '@temporalio/workflow';
import type { RegisterDomainInput } from './contract.js';
import { stepFailure } from './failures.js';
import { registerDomain, steps } from './proxies.js';

/**
 * Registers the domain of a new product, then ends. Where that cannot be as things are it says so in the product's row
 * and fails; `Reconcile` starts another run after a pause.
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
