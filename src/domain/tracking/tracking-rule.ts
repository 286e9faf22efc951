import type { Version } from './version.js';

/** What tracking looks at in a build. */
export interface TrackedBuild {
  /** Ids are given in the order of registration. */
  readonly id: number;
  readonly gitRefs: readonly string[];
}

/** What the rules of tracking take from the edition and the configuration. */
export interface TrackingContext {
  /** The stored refs of the edition, null where it has none. */
  readonly trackedRefs: readonly string[] | null;
  /** The names of the default branch: {@link defaultBranches}. */
  readonly defaultRefs: readonly string[];
}

/** How one mode orders the builds of a product. */
export interface TrackingRule {
  /** Where a build stands in the mode's order; undefined for a build that is none of the mode's business. */
  rank(gitRefs: readonly string[], context: TrackingContext): Version | undefined;
  /** Whether a build of this rank replaces a declared build that is none of the mode's business. */
  replacesOthers(rank: Version): boolean;
}
