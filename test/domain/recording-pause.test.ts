import assert from 'node:assert/strict';
import { maxPause, nextPause, shortestPause } from '../../src/domain/recording-pause.js';

describe('nextPause', () => {
  for (const [what, pass, pause] of [
    ['begins with a short pause', { previous: 0, changed: false, took: 100 }, shortestPause],
    ['doubles the pause while no object arrives', { previous: 20_000, changed: false, took: 100 }, 40_000],
    ['is bounded', { previous: maxPause, changed: false, took: 100 }, maxPause],
    [
      'shortens the pause once an object arrives',
      { previous: maxPause, changed: true, took: 100 },
      shortestPause,
    ],
    [
      'pauses twice as long as a long listing takes',
      { previous: shortestPause, changed: true, took: 60_000 },
      120_000,
    ],
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
