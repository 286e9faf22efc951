import type { TrackingRule } from './tracking-rule.js';

/** `manual`: no build at all. The edition shows what it is told to. */
export const manual: TrackingRule = {
  rank: () => undefined,
  replacesOthers: () => false,
};
