import type { FinalRebuild, FinalState } from '../final-state.js';

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
