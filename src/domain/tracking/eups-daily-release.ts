import type { TrackingRule } from './tracking-rule.js';
import { parseVersion } from './version.js';

/** EUPS tags of daily releases: `d_2018_07_01`, or `d.2018.07.01` in Git. */
const tags: readonly RegExp[] = [/^d_([0-9]+)_([0-9]+)_([0-9]+)$/, /^d\.([0-9]+)\.([0-9]+)\.([0-9]+)$/];

/** `eups_daily_release`: the greatest daily release. It replaces anything but a greater one. */
export const eupsDailyRelease: TrackingRule = {
  rank: ([ref]) => parseVersion(ref, tags),
  replacesOthers: () => true,
};
