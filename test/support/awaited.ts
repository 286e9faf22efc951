import type { Background } from '../../src/services/background.js';

/** Nothing goes on behind an answer: what was woken is there when it comes. */
export const awaited: Background = {
  run: (work) => work(),
  settled: () => Promise.resolve(),
};
