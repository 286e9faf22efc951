import { sameGitRefs } from '../git-refs.js';
import { parseVersion, type Version } from './version.js';

/** The facts of a build that decide tracking. */
export interface TrackedBuild {
  /** Ids follow the order of registration. */
  readonly id: number;
  readonly gitRefs: readonly string[];
}

/** The facts of the edition and the configuration that decide tracking. */
export interface TrackingContext {
  /** The edition's stored refs; null if it has none. */
  readonly trackedRefs: readonly string[] | null;
  /** The names of the default branch: {@link defaultBranches}. */
  readonly defaultRefs: readonly string[];
}

/** The order in which one mode puts the builds of a product. */
export interface TrackingRule {
  /** Returns a build's rank in the mode's order; undefined if the mode ignores the build. */
  rank(gitRefs: readonly string[], context: TrackingContext): Version | undefined;
  /** Whether a build of this rank replaces a declared build that the mode ignores. */
  replacesOthers(rank: Version): boolean;
}

/** `git_refs`: the newest build with exactly the tracked refs. All such builds have the same rank. */
export const gitRefs: TrackingRule = {
  rank: (refs, { trackedRefs }) => (trackedRefs !== null && sameGitRefs(refs, trackedRefs) ? [] : undefined),
  replacesOthers: () => true,
};

/** `manual`: no build. Only a request changes the edition's build. */
export const manual: TrackingRule = { rank: () => undefined, replacesOthers: () => false };

/**
 * The tags of LSST documents (LPM-51), exactly as LTD Keeper 1.23.0 reads them. Products also have tags such as `1.0`
 * and `v1.0.1`, which must not change the edition.
 */
const documentTag = /^v([0-9]+)\.([0-9]+)$/;

/** Ranks below every tag, so a tag wins over the default branch whichever was uploaded first. */
const defaultBranch: Version = [];

/**
 * `lsst_doc`: the default branch until there is a version, then the greatest version. A build of the default branch
 * replaces only another such build; a version replaces all but a greater version.
 */
export const lsstDoc: TrackingRule = {
  rank: ([ref], { defaultRefs }) =>
    ref !== undefined && defaultRefs.includes(ref) ? defaultBranch : parseVersion(ref, [documentTag]),
  replacesOthers: (rank) => rank.length > defaultBranch.length,
};

/** `eups_major_release`: the greatest tag of the form `v1_0`, or `1.0` in Git. */
export const eupsMajorRelease = greatest([/^v([0-9]+)_([0-9]+)$/, /^([0-9]+)\.([0-9]+)$/]);

/** `eups_weekly_release`: the greatest tag of the form `w_2018_01`, or `w.2018.01` in Git. */
export const eupsWeeklyRelease = greatest([/^w_([0-9]+)_([0-9]+)$/, /^w\.([0-9]+)\.([0-9]+)$/]);

/** `eups_daily_release`: the greatest tag of the form `d_2018_07_01`, or `d.2018.07.01` in Git. */
export const eupsDailyRelease = greatest([/^d_([0-9]+)_([0-9]+)_([0-9]+)$/, /^d\.([0-9]+)\.([0-9]+)\.([0-9]+)$/]);

/** Tracks the greatest tag of these forms; it replaces any build but a greater tag. */
function greatest(tags: readonly RegExp[]): TrackingRule {
  return { rank: ([ref]) => parseVersion(ref, tags), replacesOthers: () => true };
}
