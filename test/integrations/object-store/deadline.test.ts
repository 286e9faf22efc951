import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { freeze } from '../../support/freeze.js';
import { Deadline } from '../../../src/integrations/object-store/deadline.js';

describe('Deadline', () => {
  const passed = (deadline: Deadline): Promise<Error> =>
    new Promise((resolve) => {
      deadline.onPass(resolve);
    });

  it('calls its listener with the reason when the time is over', async () => {
    const deadline = new Deadline(1);
    assert.equal(deadline.passed, null);
    const reason = await passed(deadline);
    assert.equal(reason.message, 'no answer within 1 ms');
    assert.equal(deadline.passed, reason);
  });

  it('calls a listener that was added too late at once', async () => {
    const deadline = new Deadline(1);
    const reason = await passed(deadline);
    assert.equal(await passed(deadline), reason);
  });

  it('aborts its signal with the same reason, whether the signal was read before or after', async () => {
    const deadline = new Deadline(1);
    const early = deadline.signal;
    const reason = await passed(deadline);
    assert.equal(early.reason, reason);
    assert.equal(deadline.signal, early);

    const other = new Deadline(1);
    assert.equal(await passed(other), other.signal.reason);
  });

  it('reports by the clock that it has passed, even when its timer has not fired', () => {
    const deadline = new Deadline(1);
    freeze(5);
    assert.equal(deadline.passed?.message, 'no answer within 1 ms');
    assert.equal(deadline.signal.reason, deadline.passed);
  });

  it('calls no listener after it was ended', async () => {
    const deadline = new Deadline(1);
    const { signal } = deadline;
    deadline.end();
    await sleep(10);
    assert.equal(signal.aborted, false);
  });
});
