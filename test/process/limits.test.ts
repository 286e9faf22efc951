import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createTurns, limitedSignal, mapEach, withinTime } from '../../src/process/limits.js';
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

describe('withinTime', () => {
  it('returns the result of the work', async () => {
    assert.equal(await withinTime(long, () => Promise.resolve(7)), 7);
  });

  it('rejects with its error when the work ignores the signal', async () => {
    const error = new Error('too slow');
    await assert.rejects(
      withinTime(1, () => new Promise(() => undefined), { error }),
      error,
    );
  });

  it('rejects with the reason of its source, and does not begin after an abort', async () => {
    const source = new AbortController();
    const reason = new Error('cancelled');
    const running = withinTime(long, () => new Promise(() => undefined), { source: source.signal });
    source.abort(reason);
    await assert.rejects(running, reason);
    await assert.rejects(
      withinTime(long, () => assert.fail('begun'), { source: source.signal }),
      reason,
    );
  });

  it('rejects with the error of work that throws at once', async () => {
    const error = new Error('broken');
    await assert.rejects(
      withinTime(long, () => {
        throw error;
      }),
      error,
    );
  });
});

describe('mapEach', () => {
  it('works on every item, a few at a time, and returns the results in the order of the items', async () => {
    const seen: number[] = [];
    let running = 0;
    let most = 0;
    const results = await mapEach([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      seen.push(item);
      return 2 * item;
    });
    assert.deepEqual(seen.sort(), [1, 2, 3, 4, 5, 6, 7]);
    assert.deepEqual(results, [2, 4, 6, 8, 10, 12, 14]);
    assert.equal(most, 3);
  });

  it('starts nothing more after a failure, and throws it', async () => {
    const seen: number[] = [];
    const work = async (item: number): Promise<void> => {
      seen.push(item);
      await turn();
      if (item === 2) throw new Error('two');
    };
    await assert.rejects(mapEach([1, 2, 3, 4, 5, 6], 2, work), /two/);
    await turn();
    assert.ok(seen.length < 6);
  });
});

describe('createTurns', () => {
  it('runs as many works at a time as it allows, in the order of arrival, also after failures', async () => {
    const turns = createTurns(2);
    const begun: number[] = [];
    const ends: ((error?: Error) => void)[] = [];
    const work = (number: number) => () => {
      begun.push(number);
      return new Promise<void>((resolve, reject) => {
        ends[number] = (error) => {
          if (error === undefined) resolve();
          else reject(error);
        };
      });
    };
    const runs = [0, 1, 2, 3].map((number) => turns.run(work(number)));
    assert.deepEqual([begun, turns.waiting], [[0, 1], 2]);
    ends[1]?.(new Error('no'));
    await assert.rejects(runs[1] ?? assert.fail(), /no/);
    assert.deepEqual([begun, turns.waiting], [[0, 1, 2], 1]);
    ends[0]?.();
    await runs[0];
    assert.deepEqual([begun, turns.waiting], [[0, 1, 2, 3], 0]);
    ends[2]?.();
    ends[3]?.();
    await Promise.allSettled(runs);
  });
});
