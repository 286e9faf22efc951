import { compareVersions, type Version } from '../tracking/version.js';

/** The calendars that releases follow, in the order in which they are listed. */
const calendars = ['version', 'weekly', 'daily'] as const;

/** What the slug of an edition says when it names a release. */
export interface Release {
  readonly calendar: (typeof calendars)[number];
  readonly version: Version;
  /** How ripe it is: see {@link ripeness}. */
  readonly stage: number;
  /** Of pre-releases of one stage: `2` in `v1.0-rc2`. */
  readonly stageNumber: bigint;
}

/** Words for what comes before a release, and after it, by how near they are to it (PEP 440, Semantic Versioning). */
const ripeness: Readonly<Record<string, number>> = {
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

// v1, v1.2, v1_2, v1-2 (as LTD Keeper 1.9 named them), 1.2, each perhaps with rc1, .dev2, -beta. Not 42 alone: editions
// of reports are numbered so. Written so that no input makes it try more than once.
const versionSlug =
  /^(?:v(\d+(?:[._-]\d+)*)|(\d+(?:[._]\d+)+))(?:[-._]?(dev|alpha|a|beta|b|rc|c|pre|post)[-._]?(\d*))?$/i;
const weeklySlug = /^w[._-](\d{4})[._-](\d{1,2})$/;
const dailySlug = /^d[._-](\d{4})[._-](\d{1,2})[._-](\d{1,2})$/;

/** The release that an edition's slug names; undefined for a branch, a ticket and all else. */
export function parseRelease(slug: string): Release | undefined {
  const version = versionSlug.exec(slug);
  if (version !== null) {
    const [, prefixed, bare, stage, number = ''] = version;
    return {
      calendar: 'version',
      version: numbers((prefixed ?? bare ?? '').split(/[._-]/)),
      stage: stage === undefined ? released : (ripeness[stage.toLowerCase()] ?? released),
      stageNumber: BigInt(number),
    };
  }
  return parseDated('weekly', weeklySlug.exec(slug)) ?? parseDated('daily', dailySlug.exec(slug));
}

/** Below 0 when `one` is to be listed before `other`: versions first, and of each calendar the newest first. */
export function compareReleases(one: Release, other: Release): number {
  return (
    calendars.indexOf(one.calendar) - calendars.indexOf(other.calendar) ||
    compareVersions(other.version, one.version) ||
    other.stage - one.stage ||
    compareNumbers(other.stageNumber, one.stageNumber)
  );
}

/** Whether it is a version that readers should use: no pre-release, and nothing made every week or day. */
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
