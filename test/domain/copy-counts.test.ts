import assert from 'node:assert/strict';
import { copyDelta, noCounts, nothingDone } from '../../src/domain/copy-counts.js';

describe('copyDelta', () => {
  const some = { ...noCounts, objects_done: 5, objects_unchanged: 2, objects_removed: 1, bytes_done: 100 };
  const more = { ...some, objects_done: 9, objects_unchanged: 3, objects_removed: 4, bytes_done: 150 };
  const cases = [
    {
      of: 'a first snapshot',
      from: noCounts,
      to: some,
      is: { copied: 3, unchanged: 2, removed: 1, bytes: 100 },
    },
    { of: 'a later snapshot', from: some, to: more, is: { copied: 3, unchanged: 1, removed: 3, bytes: 50 } },
    { of: 'the same snapshot', from: some, to: some, is: nothingDone },
    { of: 'counts that restarted', from: more, to: some, is: nothingDone },
  ];
  for (const { of, from, to, is } of cases)
    it(`counts the work since the previous snapshot for ${of}`, () => {
      assert.deepEqual(copyDelta(from, to), is);
    });
});
