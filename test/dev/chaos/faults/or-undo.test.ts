import assert from 'node:assert/strict';
import { orUndo } from '../../../../dev/chaos/faults/or-undo.js';

describe('orUndo', () => {
  it('does not undo a fault that was applied', async () => {
    let undone = 0;
    const undo = (): Promise<unknown> => Promise.resolve((undone += 1));
    assert.equal(await orUndo(() => Promise.resolve('applied'), undo), 'applied');
    assert.equal(undone, 0);
  });

  it('undoes a fault without an answer, and retries until it succeeds', async () => {
    let tries = 0;
    const undo = (): Promise<unknown> => {
      tries += 1;
      return tries < 2 ? Promise.reject(new Error('still frozen')) : Promise.resolve();
    };
    const work = (): Promise<unknown> => Promise.reject(new Error('no answer'));
    await assert.rejects(orUndo(work, undo), /no answer/);
    assert.equal(tries, 2);
  });
});
