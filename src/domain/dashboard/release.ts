import { compareVersions, type Version } from '../tracking/version.js';

/** The release calendars, in display order. */
const calendars = ['version', 'weekly', 'daily'] as const;

/** A release as the slug of its edition names it. */
export interface Release {
  readonly calendar: (typeof calendars)[number];
  readonly version: Version;
  /** The maturity: see {@link maturity}. */
  readonly stage: number;
  /** The number within the stage: `2` in `v1.0-rc2`. */
  readonly stageNumber: bigint;
}

/** Pre-release and post-release labels in ascending order (PEP 440, Semantic Versioning). */
const maturity: Readonly<Record<string, number>> = {
  dev: 0,
  a: 1,
  alpha: 1,
  b: 2,
  beta: 2,
  c: 3,
  rc: 3,
  pre: 3,
  post: 5,
};
const released = 4;

// v1, v1.2, v1_2, v1-2 (as LTD Keeper 1.9 named them) or 1.2, optionally with rc1, .dev2, -beta. A bare 42 is no
// release: reports number their editions so. The pattern never backtracks.
const versionSlug =
  /^(?:v(\d+(?:[._-]\d+)*)|(\d+(?:[._]\d+)+))(?:[-._]?(dev|alpha|a|beta|b|rc|c|pre|post)[-._]?(\d*))?$/i;
const weeklySlug = /^w[._-](\d{4})[._-](\d{1,2})$/;
const dailySlug = /^d[._-](\d{4})[._-](\d{1,2})[._-](\d{1,2})$/;

/** Returns the release that an edition's slug names; undefined for any other slug. */
export function parseRelease(slug: string): Release | undefined {
  const version = versionSlug.exec(slug);
  if (version !== null) {
    const [, prefixed, bare, stage, number = ''] = version;
    return {
      calendar: 'version',
      version: numbers((prefixed ?? bare ?? '').split(/[._-]/)),
      stage: stage === undefined ? released : (maturity[stage.toLowerCase()] ?? released),
      stageNumber: BigInt(number),
    };
  }
  return parseDated('weekly', weeklySlug.exec(slug)) ?? parseDated('daily', dailySlug.exec(slug));
}

/** Orders releases for display: versions, weeklies, dailies; newest first within each. Negative: `one` comes first. */
export function compareReleases(one: Release, other: Release): number {
  return (
    calendars.indexOf(one.calendar) - calendars.indexOf(other.calendar) ||
    compareVersions(other.version, one.version) ||
    other.stage - one.stage ||
    compareNumbers(other.stageNumber, one.stageNumber)
  );
}

/** Whether the release is a version without a pre-release stage. Weekly and daily releases are never stable. */
export function isStable({ calendar, stage }: Release): boolean {
  return calendar === 'version' && stage >= released;
}

function parseDated(calendar: 'weekly' | 'daily', match: RegExpExecArray | null): Release | undefined {
  if (match === null) return undefined;
  return { calendar, version: numbers(match.slice(1)), stage: released, stageNumber: 0n };
}

function numbers(digits: readonly string[]): Version {
  return digits.map((each) => BigInt(each));
}

function compareNumbers(one: bigint, other: bigint): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
