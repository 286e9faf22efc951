import { sameGitRefs } from '../git-refs.js';
import type { TrackingRule } from './tracking-rule.js';

/** `git_refs`: the newest build whose refs are exactly the tracked ones. All such builds are equals. */
export const gitRefs: TrackingRule = {
  rank: (refs, { trackedRefs }) => (trackedRefs !== null && sameGitRefs(refs, trackedRefs) ? [] : undefined),
  replacesOthers: () => true,
};
