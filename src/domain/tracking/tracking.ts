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

/** How an edition chooses the builds that it publishes. */
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

/** The facts that decide whether an edition tracks an uploaded build of its product. */
export interface TrackingFacts extends TrackingContext {
  /** The uploaded build. */
  readonly candidate: TrackedBuild;
  /** The build that the edition declares, by tracking or by a request. */
  readonly declared: TrackedBuild | null;
  /** The high-water mark: the newest build that tracking ever declared. A manual rollback does not lower it. */
  readonly tracked: TrackedBuild | null;
  /** A deprecated edition tracks nothing. (LTD Keeper 1.x still rebuilds it.) */
  readonly deprecated: boolean;
}

/** Whether `value` names a tracking mode. */
export function isTrackingMode(value: unknown): value is TrackingMode {
  return trackingModes.some((mode) => mode === value);
}

/** Returns LTD Keeper 1.x's message for an unknown mode. */
export function unknownModeMessage(mode: string): string {
  return `Edition tracking mode '${mode}' unknown. Valid values are ${trackingModes.join(', ')}`;
}

/** Returns the default branches of `lsst_doc`: LTD Keeper 1.x's two and the configured one. */
export function defaultBranches(configured: string): readonly string[] {
  return [...new Set(['main', 'master', configured])];
}

/**
 * Whether the edition should declare the candidate. The mode's rank decides, then the order of registration. The time
 * of the upload has no influence.
 *
 * - The edition tracks its declared build again, since its upload was announced again.
 * - It does not track a build that ranks below the declared one.
 * - After a manual rollback it tracks only builds that rank above the high-water mark, or were registered after it.
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
 * Returns the high-water mark, a build's id, after the edition declared the candidate: the greater of the candidate and
 * the previous mark. So an old build never returns after a rollback.
 */
export function trackedBuildAfter(mode: TrackingMode, facts: TrackingFacts): number {
  const { candidate, tracked } = facts;
  if (tracked === null) return candidate.id;
  return (isAhead(ruleOf(mode), facts, tracked) ?? true) ? candidate.id : tracked.id;
}

/** Whether the candidate ranks above another build; undefined if the mode ignores either. */
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
