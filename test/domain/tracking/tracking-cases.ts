import assert from 'node:assert/strict';
import { defaultBranches, shouldTrack, type TrackingMode } from '../../../src/domain/tracking/tracking.js';
import type { TrackedBuild } from '../../../src/domain/tracking/tracking-rules.js';

/** A build as a case writes it: its id, which is also the order of registration, and its refs. */
export type BuildOfCase = readonly [id: number, ...gitRefs: string[]];

/** One case: a build is uploaded while an edition shows another. */
export interface TrackingCase {
  readonly why: string;
  readonly candidate: BuildOfCase;
  /** Omitted: the edition has no build. */
  readonly declared?: BuildOfCase;
  /** Omitted: tracking itself declared the edition's build. */
  readonly tracked?: BuildOfCase | null;
  readonly trackedRefs?: readonly string[] | null;
  readonly defaultRef?: string;
  readonly deprecated?: true;
}

/** Makes a test for each case, in which an edition in `mode` tracks or ignores the candidate. */
export function itDecides(mode: TrackingMode, tracks: boolean, cases: readonly TrackingCase[]): void {
  for (const trackingCase of cases) {
    it(`mode ${mode} ${tracks ? 'tracks' : 'ignores'} ${trackingCase.why}`, () => {
      assert.equal(decision(mode, trackingCase), tracks);
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

/** The build that a case describes. */
export function build([id, ...gitRefs]: BuildOfCase): TrackedBuild {
  return { id, gitRefs };
}
