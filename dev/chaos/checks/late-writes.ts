import type { FinalRebuild, FinalState } from '../final-state.js';
import { type WriteEvent, writesOf } from '../history.js';
import { candidatesAt, historyOf } from './candidates.js';
import type { Check } from './violation.js';

/**
 * How long after its rebuild has ended a writer that nobody could tell may still write: a lease, the longest request,
 * and a margin for a store that was frozen meanwhile. Milliseconds.
 */
const grace = 15_000 + 10_000 + 13_000;

/**
 * Only what is wanted is written: never an earlier build once a later one was published, nor a build long after its
 * rebuild ended otherwise. One writer at a time is what keeps it so.
 */
export const lateWrites: Check = ({ events, final }) => {
  const found = writesOf(events).flatMap((write) => {
    const { folder, build } = placeOf(write, final);
    if (build === undefined) return [];
    const rebuilds = historyOf(final, folder);
    const reason = rebuilds.length === 0 ? null : reasonAgainst({ at: write.at, build }, rebuilds);
    return reason === null ? [] : [{ folder, build, reason }];
  });
  const counts = new Map<string, number>();
  for (const { folder, build, reason } of found) {
    const text = `build ${build} was written to ${folder.product}/v/${folder.slug}/ ${reason}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${text} (${count} objects)`);
};

function placeOf(
  { key, source }: WriteEvent,
  { builds }: FinalState,
): {
  readonly folder: { readonly product: string; readonly slug: string };
  readonly build: number | undefined;
} {
  const [product = '', , slug = ''] = key.split('/');
  // `bucket/product/builds/slug/...`, perhaps with a slash in front.
  const [, of, , named] = source.replace(/^\//, '').split('/');
  return {
    folder: { product, slug },
    build: builds.find((each) => each.product === of && each.slug === named)?.id,
  };
}

function reasonAgainst(
  { at, build }: { readonly at: number; readonly build: number },
  rebuilds: readonly FinalRebuild[],
): string | null {
  const possible = candidatesAt({ from: at, to: at }, rebuilds);
  const [shown] = possible;
  const isPublished = shown?.outcome === 'published';
  const own = possible.filter((rebuild) => rebuild.build === build);
  if (own.length === 0)
    return isPublished
      ? `after build ${shown.build} had been published over it`
      : 'without ever having been declared';
  const isWanted = own.some(
    ({ outcome, finishedAt }) => outcome === 'published' || finishedAt === null || at <= finishedAt + grace,
  );
  return isWanted
    ? null
    : `more than ${grace / 1_000} s after its rebuild ended (${own.at(-1)?.outcome ?? ''})`;
}
