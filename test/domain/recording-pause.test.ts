import assert from 'node:assert/strict';
import { maxPause, nextPause, shortestPause } from '../../src/domain/recording-pause.js';

describe('nextPause', () => {
  for (const [what, pass, pause] of [
    ['is short at first', { previous: 0, changed: false, took: 100 }, shortestPause],
    ['doubles while nothing comes', { previous: 20_000, changed: false, took: 100 }, 40_000],
    ['is bounded', { previous: maxPause, changed: false, took: 100 }, maxPause],
    ['is short again once something comes', { previous: maxPause, changed: true, took: 100 }, shortestPause],
    ['is twice what a long look takes', { previous: shortestPause, changed: true, took: 60_000 }, 120_000],
    ['is bounded for those, too', { previous: shortestPause, changed: true, took: 3_600_000 }, maxPause],
  ] as const) {
    it(what, () => {
      assert.equal(nextPause(pass), pause);
    });
  }
});
