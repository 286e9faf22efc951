import type { TrackingRule } from './tracking-rule.js';
import { parseVersion, type Version } from './version.js';

/**
 * The tags of LSST documents (LPM-51), as LTD Keeper 1.23.0 reads them. No wider: an edition must not begin to follow
 * tags such as `1.0` or `v1.0.1`, which products have beside these and which never moved it.
 */
const documentTag = /^v([0-9]+)\.([0-9]+)$/;

/** Before every tag, so that a tag beats the default branch whichever ended first. */
const defaultBranch: Version = [];

/**
 * `lsst_doc`: the default branch until there is a version, then the greatest version. A build of the default branch
 * replaces nothing but another one; a version replaces anything but a greater version.
 */
export const lsstDoc: TrackingRule = {
  rank: ([ref], { defaultRefs }) =>
    ref !== undefined && defaultRefs.includes(ref) ? defaultBranch : parseVersion(ref, [documentTag]),
  replacesOthers: (rank) => rank.length > defaultBranch.length,
};
