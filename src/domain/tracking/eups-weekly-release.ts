import type { TrackingRule } from './tracking-rule.js';
import { parseVersion } from './version.js';

/** EUPS tags of weekly releases: `w_2018_01`, or `w.2018.01` in Git. */
const tags: readonly RegExp[] = [/^w_([0-9]+)_([0-9]+)$/, /^w\.([0-9]+)\.([0-9]+)$/];

/** `eups_weekly_release`: the greatest weekly release. It replaces anything but a greater one. */
export const eupsWeeklyRelease: TrackingRule = {
  rank: ([ref]) => parseVersion(ref, tags),
  replacesOthers: () => true,
};
