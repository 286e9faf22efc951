import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  defaultBranches,
  isTrackingMode,
  shouldTrack,
  trackedBuildAfter,
  type TrackingFacts,
  trackingModes,
  type TrackingMode,
  unknownModeMessage,
} from '../../../src/domain/tracking/tracking.js';
import type { TrackedBuild } from '../../../src/domain/tracking/tracking-rules.js';
import { build, type BuildOfCase } from './tracking-cases.js';

const context = { trackedRefs: ['main'], defaultRefs: defaultBranches('main'), deprecated: false };

/** The build that an edition shows after uploads are completed in this order. */
function shownAfter(mode: TrackingMode, uploads: readonly TrackedBuild[]): TrackedBuild | null {
  let [declared, tracked]: (TrackedBuild | null)[] = [null, null];
  for (const candidate of uploads) {
    const facts: TrackingFacts = {
      ...context,
      candidate,
      declared: declared ?? null,
      tracked: tracked ?? null,
    };
    if (!shouldTrack(mode, facts)) continue;
    declared = candidate;
    tracked = uploads.find(({ id }) => id === trackedBuildAfter(mode, facts)) ?? null;
  }
  return declared ?? null;
}

describe('tracks and trackingModes', () => {
  it('accepts the known modes only', () => {
    assert.ok(trackingModes.every(isTrackingMode));
    for (const other of ['git_ref', 'GIT_REFS', '', 1, null, undefined, {}]) assert.equal(isTrackingMode(other), false);
  });

  it('lists the known modes in the message about an unknown one', () => {
    assert.equal(
      unknownModeMessage('git_ref'),
      "Edition tracking mode 'git_ref' unknown. Valid values are git_refs, lsst_doc, eups_major_release, " +
        'eups_weekly_release, eups_daily_release, manual',
    );
  });

  it('refuses to decide in a mode that a newer version may have stored', () => {
    const newer = 'semver' as TrackingMode; // the database column may hold other values
    const facts = { ...context, candidate: build([1, 'main']), declared: null, tracked: null };
    assert.throws(() => shouldTrack(newer, facts), /Edition tracking mode 'semver' unknown/);
  });

  it('returns each name of the default branch once', () => {
    assert.deepEqual(defaultBranches('develop'), ['main', 'master', 'develop']);
    assert.deepEqual(defaultBranches('main'), ['main', 'master']);
  });

  for (const mode of trackingModes) {
    it(`ends with the same build in mode ${mode}, in whatever order uploads complete`, () => {
      const ref = fc.constantFrom(
        ...['main', 'master', 'tickets/DM-1', 'v1.9', 'v1.10', 'v2.0'],
        ...['v1_9', 'v1_10', '1.10', 'w_2018_9', 'w.2018.10', 'd_2018_07_01', 'd.2018.7.1'],
      );
      const uploads = fc
        .array(ref, { minLength: 1, maxLength: 8 })
        .map((refs) => refs.map((gitRef, index) => build([index + 1, gitRef])))
        .chain((builds) => fc.tuple(fc.constant(builds), fc.shuffledSubarray(builds, { minLength: builds.length })));
      fc.assert(
        fc.property(uploads, ([registered, shuffled]) => {
          assert.deepEqual(shownAfter(mode, shuffled), shownAfter(mode, registered));
        }),
        { seed: 20_180_701, numRuns: 500 },
      );
    });
  }
});

describe('trackedBuildAfter', () => {
  const cases: readonly (readonly [string, BuildOfCase, BuildOfCase | null, number])[] = [
    ['the first build that is tracked', [1, 'v1.0'], null, 1],
    ['a greater version', [2, 'v1.1'], [1, 'v1.0'], 2],
    ['the same build again', [2, 'v1.1'], [2, 'v1.1'], 2],
    ['a newer build of the same version', [3, 'v1.1'], [2, 'v1.1'], 3],
    ['a build after one of another mode', [1, 'v1.0'], [2, 'w_2018_01'], 1],
    ['the build that a user rolled back to, completed again', [1, 'v1.0'], [2, 'v2.0'], 2],
    ['a later build of a lesser version than the one that a user rolled back from', [3, 'v1.1'], [2, 'v2.0'], 2],
  ];
  for (const [what, candidate, tracked, expected] of cases) {
    it(`returns build ${expected} after ${what}`, () => {
      const facts = {
        ...context,
        candidate: build(candidate),
        tracked: tracked && build(tracked),
        declared: null,
      };
      assert.equal(trackedBuildAfter('lsst_doc', facts), expected);
    });
  }

  it('keeps ignoring the build that a user rolled back from, also after a lesser version was tracked', () => {
    const facts = { ...context, declared: build([3, 'v1.1']), tracked: build([2, 'v2.0']) };
    assert.equal(shouldTrack('lsst_doc', { ...facts, candidate: build([2, 'v2.0']) }), false);
    assert.equal(shouldTrack('lsst_doc', { ...facts, candidate: build([1, 'v2.0']) }), false);
    assert.equal(shouldTrack('lsst_doc', { ...facts, candidate: build([4, 'v2.0']) }), true);
  });
});
