import type { Check } from './violation.js';

/**
 * What may make a rebuild fail for good, in the words of its error: the store refuses access or has no such bucket, or
 * an operator failed a step by hand. All else passes, and is waited for.
 */
const reasons = /AccessDenied|NoSuchBucket|HTTP 403|HTTP 404|chaos/;

/** No rebuild failed for what passes: a worker that died, a store that was slow. */
export const failedForAReason: Check = ({ final }) =>
  final.rebuilds
    .filter(({ outcome, error }) => outcome === 'failed' && !reasons.test(error ?? ''))
    .map(
      ({ edition, generation, error }) =>
        `generation ${generation} of edition ${edition} failed for what passes: ${error ?? 'no reason'}`,
    );
