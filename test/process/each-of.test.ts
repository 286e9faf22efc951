import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { eachOf } from '../../src/process/each-of.js';

describe('eachOf', () => {
  it('runs the work on every item with the given concurrency', async () => {
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    await eachOf([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      seen.push(item);
    });
    assert.deepEqual(seen.sort(), [1, 2, 3, 4, 5, 6, 7]);
    assert.equal(most, 3);
  });

  it('starts no more work after a failure, and throws it', async () => {
    const seen: number[] = [];
    const work = async (item: number): Promise<void> => {
      seen.push(item);
      await turn();
      if (item === 2) throw new Error('two');
    };
    await assert.rejects(eachOf([1, 2, 3, 4, 5, 6], 2, work), /two/);
    await turn();
    assert.ok(seen.length < 6);
  });
});
