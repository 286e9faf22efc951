import type { Check } from './violation.js';

/**
 * Reasons that fail a rebuild for good, in the words of its error, and the faults that give that reason. Everything
 * else passes, and the service waits for it.
 */
const reasons: readonly (readonly [reason: RegExp, faults: RegExp | null])[] = [
  [/AccessDenied|HTTP 403/, /^the store denies access/],
  [/NoSuchBucket|HTTP 404/, /^the bucket is/],
  // An operator failed a step by hand.
  [/chaos/, null],
];

/** No rebuild failed for a reason that passes, as a worker that died or a slow store, or that no fault gave. */
export const failedForAReason: Check = ({ events, final }) => {
  const faults = new Set(events.flatMap((event) => (event.kind === 'fault' ? [event.fault] : [])));
  const given = reasons
    .filter(([, by]) => by === null || [...faults].some((fault) => by.test(fault)))
    .map(([reason]) => reason);
  return final.rebuilds
    .filter(({ outcome, error }) => outcome === 'failed' && !given.some((reason) => reason.test(error ?? '')))
    .map(
      ({ edition, generation, error }) =>
        `generation ${generation} of edition ${edition} failed for what passes: ${error ?? 'no reason'}`,
    );
};
