import type { FaultKind } from '../faults/fault-kinds.js';
import type { FinalRebuild, FinalState } from '../final-state.js';
import type { ChaosEvent } from '../history.js';

/**
 * Longest time, in milliseconds, from the repair of the CDN's key to the last confirmed purge: the first confirmation
 * waits for a pause of 30 s and a pass of Reconcile, then it ends all pauses and the next pass sends the rest.
 */
export const purgeRecovery = 120_000;

const expiry: FaultKind = "the cdn's key expires";

/**
 * Returns since when the CDN may show old pages at that moment, because it refused the service's key; `at` where the
 * key was good.
 */
export function refusedSince(events: readonly ChaosEvent[], at: number): number {
  const refusals = events.filter((event) => event.kind === 'fault').filter(({ fault }) => fault === expiry);
  const begun = refusals.filter(({ phase }) => phase === 'begins').map((event) => event.at);
  const isOpen = (from: number): boolean => {
    const end = refusals.find((event) => event.phase === 'ends' && event.at >= from)?.at;
    return from <= at && (end === undefined || at <= end + purgeRecovery);
  };
  return Math.min(at, ...begun.filter(isOpen));
}

/** The rebuilds of the edition that has or had this address, in the order of generations; none where nobody had. */
export function historyOf(
  { editions, rebuilds }: FinalState,
  { product, slug }: { readonly product: string; readonly slug: string },
): readonly FinalRebuild[] {
  const of = editions.find(
    ({ id, product: its }) =>
      its === product && rebuilds.some((rebuild) => rebuild.edition === id && rebuild.slug === slug),
  );
  return rebuilds
    .filter(({ edition }) => edition === of?.id)
    .toSorted((one, other) => one.generation - other.generation);
}

/** The rebuild whose build was published last before `from`, then all that were asked for after it until `to`. */
export function candidatesAt(
  { from, to }: { readonly from: number; readonly to: number },
  rebuilds: readonly FinalRebuild[],
): readonly FinalRebuild[] {
  const published = rebuilds.findLastIndex(
    ({ outcome, finishedAt }) => outcome === 'published' && finishedAt !== null && finishedAt <= from,
  );
  return rebuilds.slice(Math.max(published, 0)).filter(({ requestedAt }) => requestedAt <= to);
}
