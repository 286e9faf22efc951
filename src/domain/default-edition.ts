import { defaultEditionSlug } from './published-urls.js';
import type { TrackingMode } from './tracking/tracking.js';

/** The edition that is created with each product. */
export interface DefaultEdition {
  readonly slug: string;
  readonly title: string;
  readonly mode: TrackingMode;
  /** Null in any mode but `git_refs`: other modes store no refs, as in LTD Keeper 1.x. */
  readonly trackedRefs: readonly [string] | null;
}

/** The message that refuses a request which removes the default edition; `how` is the parameter that forces it. */
export function keepsDefaultEdition(how: string): string {
  return (
    `Invalid edition: "${defaultEditionSlug}" is the default edition: without it the root of the product ` +
    `answers 404. Send ${how} to do it all the same.`
  );
}

/** Returns the default edition of a new product. `mode` is the request's `main_mode`, `defaultGitRef` a setting. */
export function defaultEdition(defaultGitRef: string, mode: TrackingMode = 'git_refs'): DefaultEdition {
  return {
    slug: defaultEditionSlug,
    title: 'Latest',
    mode,
    trackedRefs: mode === 'git_refs' ? [defaultGitRef] : null,
  };
}
