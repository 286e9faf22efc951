import { sameGitRefs } from '../git-refs.js';
import { parseVersion, type Version } from './version.js';

/** The facts of a build that tracking considers. */
export interface TrackedBuild {
  /** Ids follow the order of registration. */
  readonly id: number;
  readonly gitRefs: readonly string[];
}

/** The facts of the edition and of the configuration that tracking considers. */
export interface TrackingContext {
  /** The stored refs of the edition; null if it has none. */
  readonly trackedRefs: readonly string[] | null;
  /** The names of the default branch: {@link defaultBranches}. */
  readonly defaultRefs: readonly string[];
}

/** How one mode orders the builds of a product. */
export interface TrackingRule {
  /** The place of a build in the order of the mode; undefined for a build that the mode ignores. */
  rank(gitRefs: readonly string[], context: TrackingContext): Version | undefined;
  /** Whether a build of this rank replaces a declared build that the mode ignores. */
  replacesOthers(rank: Version): boolean;
}

/** `git_refs`: the newest build with exactly the tracked refs. All such builds are equals. */
export const gitRefs: TrackingRule = {
  rank: (refs, { trackedRefs }) => (trackedRefs !== null && sameGitRefs(refs, trackedRefs) ? [] : undefined),
  replacesOthers: () => true,
};

/** `manual`: no build. Only a request changes the edition. */
export const manual: TrackingRule = { rank: () => undefined, replacesOthers: () => false };

/**
 * The tags of LSST documents (LPM-51), as LTD Keeper 1.23.0 reads them. No wider: an edition must not begin to track
 * tags such as `1.0` or `v1.0.1`, which products also have and which never moved the edition.
 */
const documentTag = /^v([0-9]+)\.([0-9]+)$/;

/** Before every tag, so that a tag beats the default branch whichever ended first. */
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
export const eupsDailyRelease = greatest([
  /^d_([0-9]+)_([0-9]+)_([0-9]+)$/,
  /^d\.([0-9]+)\.([0-9]+)\.([0-9]+)$/,
]);

/** The greatest tag of these forms. It replaces all but a greater one. */
function greatest(tags: readonly RegExp[]): TrackingRule {
  return { rank: ([ref]) => parseVersion(ref, tags), replacesOthers: () => true };
}
