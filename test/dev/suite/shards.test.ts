import assert from 'node:assert/strict';
import { shards } from '../../../dev/suite/shards.js';

describe('the shards of the test suite', () => {
  it('hold every file once, neighbours apart', () => {
    assert.deepEqual(shards(['d', 'b', 'a', 'c', 'e'], 2), [
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
  });

  it('are no more than there are files', () => {
    assert.deepEqual(shards(['a'], 3), [['a']]);
  });

  it('are the whole where one is asked for', () => {
    assert.deepEqual(shards(['b', 'a'], 1), [['a', 'b']]);
  });
});
