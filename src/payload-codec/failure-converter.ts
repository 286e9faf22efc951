import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Puts messages and stacks of failures where the codec encrypts them. Temporal finds this by the name of the file and
 * of the constant: the workers where payloads are encrypted, and the bundle of workflows that such workers run.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
