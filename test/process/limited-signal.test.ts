import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { limitedSignal } from '../../src/process/limited-signal.js';
import { eventually } from '../support/eventually.js';

/** Longer than any test takes, in milliseconds. */
const long = 600_000;

describe('limitedSignal', () => {
  it('aborts when its time is over, also after a garbage collection', async () => {
    const { signal } = limitedSignal(100);
    setFlagsFromString('--expose_gc');
    const collectGarbage = runInNewContext('gc') as () => void; // V8 exposes it as a function without arguments
    // Objects that this turn of the event loop used stay until the next.
    await sleep(1);
    collectGarbage();
    await eventually('the signal to abort', () => Promise.resolve(signal.aborted));
    assert.match(String(signal.reason), /no answer within 100 ms/);
  });

  it('aborts with its source, for the same reason', () => {
    const source = new AbortController();
    const { signal, end } = limitedSignal(long, source.signal);
    assert.equal(signal.aborted, false);
    const reason = new Error('cancelled');
    source.abort(reason);
    assert.equal(signal.reason, reason);
    end();
  });

  it('aborts at once when its source is aborted', () => {
    const reason = new Error('cancelled');
    const { signal, end } = limitedSignal(long, AbortSignal.abort(reason));
    assert.equal(signal.reason, reason);
    end();
  });

  it('leaves no listener at its source once it has ended', () => {
    const source = new AbortController();
    const { signal, end } = limitedSignal(long, source.signal);
    end();
    assert.deepEqual(getEventListeners(source.signal, 'abort'), []);
    source.abort();
    assert.equal(signal.aborted, false);
  });
});
