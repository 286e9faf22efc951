import { defaultEditionSlug } from './published-urls.js';
import type { TrackingMode } from './tracking/tracking.js';

/** The edition that every product is made with. */
export interface DefaultEdition {
  readonly slug: string;
  readonly title: string;
  readonly mode: TrackingMode;
  /** Null in any mode but `git_refs`: no other compares refs, and LTD Keeper stores none for them. */
  readonly trackedRefs: readonly [string] | null;
}

/** Why a request that would leave the product without its default edition is refused; `how` is what forces it. */
export function keepsDefaultEdition(how: string): string {
  return `Invalid edition: "${defaultEditionSlug}" is the default edition: without it the root of the product answers 404. Send ${how} to do it all the same.`;
}

/** The default edition of a new product: `mode` is the request's `main_mode`, `defaultGitRef` the configured ref. */
export function defaultEdition(defaultGitRef: string, mode: TrackingMode = 'git_refs'): DefaultEdition {
  return {
    slug: defaultEditionSlug,
    title: 'Latest',
    mode,
    trackedRefs: mode === 'git_refs' ? [defaultGitRef] : null,
  };
}
