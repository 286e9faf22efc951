import type { FinalState } from '../final-state.js';
import { removalsOf } from '../history.js';
import { siteOf } from '../site.js';
import { candidatesAt, historyOf } from './candidates.js';
import type { Check } from './violation.js';

/**
 * Only what is stale is removed: never an object that the published build has, and every one that may be about to
 * follow it under this address. A deprecated edition is left out, for its objects may go.
 */
export const wrongRemovals: Check = ({ events, final }) => {
  const counts = new Map<string, number>();
  for (const { key, at } of removalsOf(events)) {
    const wanted = wantedBy(final, key, at);
    if (wanted === null) continue;
    const text =
      `of ${wanted.folder} was removed what every build has that it may show then ` + `(${wanted.builds.join(', ')})`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return [...counts].map(([text, count]) => `${text} (${count} objects)`);
};

interface Wanted {
  readonly folder: string;
  readonly builds: readonly number[];
}

/** Null where the object may be stale. */
function wantedBy(final: FinalState, key: string, at: number): Wanted | null {
  const [product = '', , slug = '', ...rest] = key.split('/');
  const path = rest.join('/');
  const possible = candidatesAt({ from: at, to: at }, historyOf(final, { product, slug }));
  const [shown] = possible;
  const isCertain =
    shown?.outcome === 'published' && shown.finishedAt !== null && shown.finishedAt <= at && !isEnded(final, shown);
  if (!isCertain || !possible.every((rebuild) => rebuild.slug === slug && hasObject(rebuild.build, path))) return null;
  return { folder: `${product}/v/${slug}/`, builds: [...new Set(possible.map(({ build }) => build))] };
}

function isEnded({ editions }: FinalState, { edition }: { readonly edition: number }): boolean {
  return editions.find(({ id }) => id === edition)?.deprecated !== false;
}

const objects = new Map<number, ReadonlySet<string>>();

function hasObject(build: number, path: string): boolean {
  const known = objects.get(build) ?? new Set(siteOf(build).map((file) => file.path));
  objects.set(build, known);
  return known.has(path);
}
