import { writerTiming } from '../../../src/domain/time-limits.js';
import type { FinalRebuild, FinalState } from '../final-state.js';
import { type ChaosEvent, type WriteEvent, writesOf } from '../history.js';
import { candidatesAt, historyOf } from './candidates.js';
import type { Check } from './violation.js';

/**
 * How long after its rebuild has ended a writer that nobody could tell may still write: a lease, and the longest
 * request. Milliseconds.
 */
const grace = writerTiming.lease + writerTiming.maxWrite + 1_000;

/** A store that was frozen meanwhile carries out late what had come in time. Milliseconds. */
const maxFreeze = 13_000;

/**
 * Only what is wanted is written: never an earlier build once a later one was published, or had begun to be written,
 * nor a build long after its rebuild ended otherwise. One writer at a time is what keeps it so.
 */
export const lateWrites: Check = ({ events, final }) => {
  /** By address: the newest generation that has certainly begun to write there. */
  const begun = new Map<string, number>();
  const freezes = freezesOf(events);
  const found = writesOf(events).flatMap((write) => {
    const { folder, build } = placeOf(write, final);
    if (build === undefined) return [];
    const rebuilds = historyOf(final, folder);
    if (rebuilds.length === 0) return [];
    const address = `${folder.product}/${folder.slug}`;
    const possible = candidatesAt({ from: write.at, to: write.at }, rebuilds);
    const own = possible.filter((rebuild) => rebuild.build === build);
    const before = begun.get(address) ?? 0;
    begun.set(address, Math.max(before, own[0]?.generation ?? 0));
    const reason = reasonAgainst(write.at, { possible, own, begun: before, freezes });
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

function freezesOf(events: readonly ChaosEvent[]): readonly number[] {
  return events
    .filter((event) => event.kind === 'fault' && event.fault === 'freeze the object store')
    .map(({ at }) => at);
}

/** What may have been written at that moment, in the order of generations, and what of it is of the build that was. */
interface Writing {
  readonly possible: readonly FinalRebuild[];
  readonly own: readonly FinalRebuild[];
  readonly begun: number;
  /** When the store was frozen. */
  readonly freezes: readonly number[];
}

function reasonAgainst(at: number, { possible, own, begun, freezes }: Writing): string | null {
  const [shown] = possible;
  const isPublished = shown?.outcome === 'published';
  const last = own.at(-1);
  if (last === undefined)
    return isPublished ? `after build ${shown.build} had been published over it` : 'without ever having been declared';
  // What is published may be restored at any time.
  if (own[0] === shown && isPublished) return null;
  if (last.generation < begun) return `after generation ${begun} had begun to be written over it`;
  const isWanted = own.some(({ finishedAt }) => {
    if (finishedAt === null) return true;
    const wasFrozen = freezes.some((freeze) => freeze >= finishedAt - grace && freeze <= at);
    return at <= finishedAt + grace + (wasFrozen ? maxFreeze : 0);
  });
  return isWanted ? null : `more than ${grace / 1_000} s after its rebuild ended (${last.outcome ?? ''})`;
}
