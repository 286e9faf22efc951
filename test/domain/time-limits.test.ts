import assert from 'node:assert/strict';
import {
  heartbeatInterval,
  heartbeatTimeout,
  maxPause,
  maxStandstill,
  nextPause,
  retriesForADay,
  shortestPause,
  writerTiming,
} from '../../src/domain/time-limits.js';

describe('the time limits', () => {
  const { lease, checkInterval, maxWrite } = writerTiming;
  const fence = lease + maxWrite;

  it('leaves 8 s of the 20 s after a kill for the remaining copies', () => {
    assert.ok(fence <= 20_000 - 8_000);
  });

  it('starts the next attempt before the fence opens, with a second of pause and one of dispatch', () => {
    assert.ok(heartbeatTimeout + 2_000 <= fence - checkInterval);
  });

  it('keeps a writer and its heartbeat alive through a stall of 3 s', () => {
    assert.ok(lease - checkInterval > 3_000);
    assert.ok(heartbeatTimeout - heartbeatInterval > 3_000);
  });

  it('lets an attempt stand still for longer than its requests may take', () => {
    assert.ok(maxStandstill > 10 * maxWrite);
  });
});

const minute = 60_000;
const hour = 60 * minute;

describe('retriesForADay', () => {
  const cases: readonly (readonly [string, number, number, number])[] = [
    ['one pause of a whole day', 24 * hour, 24 * hour, 2],
    ['24 pauses of an hour', hour, hour, 25],
    // 1 + 2 + 4 + 8 + 16 + 32 s, then a minute each.
    ['pauses that double up to a minute', 1_000, minute, 1_446],
  ];
  for (const [what, initialInterval, maximumInterval, attempts] of cases)
    it(`allows ${attempts} attempts with ${what}`, () => {
      const retries = retriesForADay({ initialInterval, maximumInterval });
      assert.equal(retries.maximumAttempts, attempts);
    });
});

describe('nextPause', () => {
  for (const [what, pass, pause] of [
    ['begins with a short pause', { previous: 0, changed: false, took: 100 }, shortestPause],
    ['doubles the pause while no object arrives', { previous: 20_000, changed: false, took: 100 }, 40_000],
    ['is bounded', { previous: maxPause, changed: false, took: 100 }, maxPause],
    ['shortens the pause once an object arrives', { previous: maxPause, changed: true, took: 100 }, shortestPause],
    ['pauses twice as long as a long listing takes', { previous: shortestPause, changed: true, took: 60_000 }, 120_000],
    [
      'limits the pause after long listings, too',
      { previous: shortestPause, changed: true, took: 3_600_000 },
      maxPause,
    ],
  ] as const) {
    it(what, () => {
      assert.equal(nextPause(pass), pause);
    });
  }
});
