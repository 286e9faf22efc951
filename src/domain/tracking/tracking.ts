import {
  eupsDailyRelease,
  eupsMajorRelease,
  eupsWeeklyRelease,
  gitRefs,
  lsstDoc,
  manual,
  type TrackedBuild,
  type TrackingContext,
  type TrackingRule,
} from './tracking-rules.js';
import { compareVersions } from './version.js';

/** How an edition chooses the builds that it follows. */
export const trackingModes = [
  'git_refs',
  'lsst_doc',
  'eups_major_release',
  'eups_weekly_release',
  'eups_daily_release',
  'manual',
] as const;

/** One of {@link trackingModes}. */
export type TrackingMode = (typeof trackingModes)[number];

/** What decides whether an edition follows a build of its product that was uploaded. */
export interface TrackingFacts extends TrackingContext {
  /** The build that was uploaded. */
  readonly candidate: TrackedBuild;
  /** The build that the edition declares, by tracking or by hand. */
  readonly declared: TrackedBuild | null;
  /** The high-water mark: the newest build that tracking ever declared. Going back by hand does not lower it. */
  readonly tracked: TrackedBuild | null;
  /** A deprecated edition follows nothing (LTD Keeper rebuilds it all the same). */
  readonly deprecated: boolean;
}

/** Whether `value` names a tracking mode. */
export function isTrackingMode(value: unknown): value is TrackingMode {
  return trackingModes.some((mode) => mode === value);
}

/** LTD Keeper's message for a mode that does not exist. */
export function unknownModeMessage(mode: string): string {
  return `Edition tracking mode '${mode}' unknown. Valid values are ${trackingModes.join(', ')}`;
}

/** The names of the default branch, as `lsst_doc` knows them: Keeper's two and the configured one. */
export function defaultBranches(configured: string): readonly string[] {
  return [...new Set(['main', 'master', configured])];
}

/**
 * Whether the edition is to declare the candidate. The mode's order decides first, the order of registration among
 * equals; when an upload ended never does.
 *
 * - The declared build again is followed: its upload was announced once more.
 * - What stands before the declared build is not.
 * - Where a person went back from a newer build, that build and those registered before it do not return by themselves,
 *   but for what the mode puts above it. What was registered later is new, and is followed.
 */
export function shouldTrack(mode: TrackingMode, facts: TrackingFacts): boolean {
  const { candidate, declared, tracked } = facts;
  const rule = ruleOf(mode);
  const rank = rule.rank(candidate.gitRefs, facts);
  if (facts.deprecated || rank === undefined) return false;
  if (candidate.id === declared?.id) return true;
  if (declared !== null && !(isAhead(rule, facts, declared) ?? rule.replacesOthers(rank))) return false;
  return tracked === null || candidate.id > tracked.id || (isAhead(rule, facts, tracked) ?? true);
}

/**
 * The high-water mark once the edition has followed the candidate, a build's id: whichever of the candidate and the mark
 * before it is ahead. So neither a rollback nor what was followed after one lets an old build return.
 */
export function trackedBuildAfter(mode: TrackingMode, facts: TrackingFacts): number {
  const { candidate, tracked } = facts;
  if (tracked === null) return candidate.id;
  return (isAhead(ruleOf(mode), facts, tracked) ?? true) ? candidate.id : tracked.id;
}

/** Whether the candidate is ahead of another build; undefined where the mode does not know that one. */
function isAhead(rule: TrackingRule, facts: TrackingFacts, other: TrackedBuild): boolean | undefined {
  const { candidate } = facts;
  const [rank, otherRank] = [rule.rank(candidate.gitRefs, facts), rule.rank(other.gitRefs, facts)];
  if (rank === undefined || otherRank === undefined) return undefined;
  const difference = compareVersions(rank, otherRank);
  return difference === 0 ? candidate.id > other.id : difference > 0;
}

function ruleOf(mode: TrackingMode): TrackingRule {
  switch (mode) {
    case 'git_refs':
      return gitRefs;
    case 'lsst_doc':
      return lsstDoc;
    case 'eups_major_release':
      return eupsMajorRelease;
    case 'eups_weekly_release':
      return eupsWeeklyRelease;
    case 'eups_daily_release':
      return eupsDailyRelease;
    case 'manual':
      return manual;
    default:
      return unknownMode(mode);
  }
}

function unknownMode(mode: never): never {
  throw new RangeError(unknownModeMessage(String(mode)));
}
