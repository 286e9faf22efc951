import type { FinalRebuild, FinalState } from '../final-state.js';
import { markOf, type ReadEvent, readsOf } from '../history.js';
import { pagesOf } from '../site.js';
import { candidatesAt, historyOf, refusedSince } from './candidates.js';
import type { Check } from './violation.js';

/** After the faults the edge may still be reconnecting for so long. Milliseconds. */
const recovery = 15_000;

/**
 * Whatever a reader gets is a whole page of a build that the edition may show at that moment, and no address that all
 * of those builds have is ever missing. While the CDN refuses the key, it may show what it showed before.
 */
export const reads: Check = ({ events, final }) => {
  const shown = showings(final);
  const quiet = (markOf(events, 'faults end') ?? Number.POSITIVE_INFINITY) + recovery;
  const faults = events.filter(({ kind }) => kind === 'fault');
  return readsOf(events).flatMap((read) =>
    wrongWith({ ...read, since: refusedSince(faults, read.at) }, { shown, quiet }),
  );
};

/** A read, and since when the CDN may show old pages then. */
interface DatedRead extends ReadEvent {
  readonly since: number;
}

/** What may be seen under an address: rebuilds of the edition that had it, in the order of generations. */
interface Showing {
  readonly rebuilds: readonly FinalRebuild[];
}

/** By product and slug; each is looked for once. */
function showings(final: FinalState): (read: ReadEvent) => Showing | undefined {
  const known = new Map<string, Showing | undefined>();
  return ({ product, slug }) => {
    const address = `${product}/${slug}`;
    if (!known.has(address)) {
      const rebuilds = historyOf(final, { product, slug });
      known.set(address, rebuilds.length === 0 ? undefined : { rebuilds });
    }
    return known.get(address);
  };
}

function wrongWith(
  read: DatedRead,
  { shown, quiet }: { readonly shown: (read: ReadEvent) => Showing | undefined; readonly quiet: number },
): readonly string[] {
  const name = `${read.product}/${read.slug}/${read.path} at ${new Date(read.at).toISOString()}`;
  if (read.status !== 200 && read.status !== 404)
    return read.at > quiet ? [`${name} was answered ${read.status}, long after the last fault`] : [];
  const showing = shown(read);
  if (read.status === 404) return showing !== undefined && isOwed(read, showing) ? [missing(name, read, showing)] : [];
  if (read.build === null) return [`${name} is not a whole page`];
  const { build } = read;
  if (showing?.rebuilds.some((rebuild) => rebuild.build === build && rebuild.requestedAt <= read.ended) !== true)
    return [`${name} is of build ${build}, which had never been declared for it`];
  const possible = candidates(read, showing);
  const published = possible[0]?.outcome === 'published';
  return published && !possible.some((rebuild) => rebuild.build === build)
    ? [`${name} is of build ${build}, though build ${possible[0]?.build} had been published over it`]
    : [];
}

function candidates({ since, ended }: DatedRead, { rebuilds }: Showing): readonly FinalRebuild[] {
  return candidatesAt({ from: since, to: ended }, rebuilds);
}

function isOwed(read: DatedRead, showing: Showing): boolean {
  const possible = candidates(read, showing);
  return (
    possible[0]?.outcome === 'published' &&
    (possible[0].finishedAt ?? Number.POSITIVE_INFINITY) <= read.at &&
    possible.every(({ slug, build }) => slug === read.slug && hasPath(build, read.path))
  );
}

const paths = new Map<number, ReadonlySet<string>>();

function hasPath(build: number, path: string): boolean {
  const known = paths.get(build) ?? new Set(pagesOf(build));
  paths.set(build, known);
  return known.has(path);
}

function missing(name: string, read: DatedRead, showing: Showing): string {
  const builds = [...new Set(candidates(read, showing).map(({ build }) => build))];
  return `${name} was answered 404, though every build that may be shown then has it (${builds.join(', ')})`;
}
