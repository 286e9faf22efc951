import assert from 'node:assert/strict';
import { defaultBranches, shouldTrack, type TrackingMode } from '../../../src/domain/tracking/tracking.js';
import type { TrackedBuild } from '../../../src/domain/tracking/tracking-rule.js';

/** A build as a case writes it: its id, which is its place in the order of registration, and its refs. */
export type BuildOfCase = readonly [id: number, ...gitRefs: string[]];

/** One line of a table: what is uploaded while an edition shows what. */
export interface TrackingCase {
  readonly why: string;
  readonly candidate: BuildOfCase;
  /** Left out: the edition has no build. */
  readonly declared?: BuildOfCase;
  /** Left out: tracking itself declared what is declared. */
  readonly tracked?: BuildOfCase | null;
  readonly trackedRefs?: readonly string[] | null;
  readonly defaultRef?: string;
  readonly deprecated?: true;
}

/** Makes a test of each case: that an edition in `mode` follows, or does not follow, the candidate. */
export function itDecides(mode: TrackingMode, follows: boolean, cases: readonly TrackingCase[]): void {
  for (const trackingCase of cases) {
    it(`${follows ? 'follows' : 'leaves'} ${trackingCase.why}`, () => {
      assert.equal(decision(mode, trackingCase), follows);
    });
  }
}

function decision(mode: TrackingMode, trackingCase: TrackingCase): boolean {
  const { candidate, declared, tracked = declared, trackedRefs = null, defaultRef = 'main' } = trackingCase;
  return shouldTrack(mode, {
    candidate: build(candidate),
    declared: declared === undefined ? null : build(declared),
    tracked: tracked === undefined || tracked === null ? null : build(tracked),
    trackedRefs,
    defaultRefs: defaultBranches(defaultRef),
    deprecated: trackingCase.deprecated ?? false,
  });
}

/** The build that a case writes. */
export function build([id, ...gitRefs]: BuildOfCase): TrackedBuild {
  return { id, gitRefs };
}
