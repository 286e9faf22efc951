import type { TrackingRule } from './tracking-rule.js';
import { parseVersion } from './version.js';

/** EUPS tags of major releases: `v1_0`, or `1.0` in Git. */
const tags: readonly RegExp[] = [/^v([0-9]+)_([0-9]+)$/, /^([0-9]+)\.([0-9]+)$/];

/** `eups_major_release`: the greatest major release. It replaces anything but a greater one. */
export const eupsMajorRelease: TrackingRule = {
  rank: ([ref]) => parseVersion(ref, tags),
  replacesOthers: () => true,
};
