import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { Pool } from '../../src/copy-engine/pool.js';

describe('Pool', () => {
  const { signal } = new AbortController();

  /** Tasks that end when the test ends them. */
  const tasks = () => {
    const ends: (() => void)[] = [];
    let running = 0;
    let most = 0;
    const task = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
    };
    return { ends, task, most: () => most, running: () => running };
  };

  it('runs at most the given number of tasks at a time', async () => {
    const pool = new Pool({ concurrency: 3, signal });
    const { ends, task, most } = tasks();
    const producer = (async () => {
      for (let made = 0; made < 10; made += 1) await pool.start(task);
      await pool.drain();
    })();
    for (let left = 10; left > 0; left -= 1) {
      while (ends.length < Math.min(3, left)) await Promise.resolve();
      ends.shift()?.();
    }
    await producer;
    assert.equal(most(), 3);
  });

  it('refuses new tasks after a failure and lets running tasks end', async () => {
    const pool = new Pool({ concurrency: 3, signal });
    const { ends, task, running } = tasks();
    const failure = new Error('first');
    await pool.start(task);
    await pool.start(() => Promise.reject(failure));
    await turn();
    await assert.rejects(pool.start(task), (error) => error === failure);
    assert.equal(running(), 1);
    ends[0]?.();
    await pool.drain();
    assert.throws(
      () => {
        pool.assertOpen();
      },
      (error) => error === failure,
    );
  });

  it('keeps the first of several failures', async () => {
    const pool = new Pool({ concurrency: 2, signal });
    const fail: ((error: Error) => void)[] = [];
    const task = (): Promise<void> => new Promise((_resolve, reject) => fail.push(reject));
    await pool.start(task);
    await pool.start(task);
    fail[1]?.(new Error('first'));
    fail[0]?.(new Error('second'));
    await pool.drain();
    assert.throws(() => {
      pool.assertOpen();
    }, /first/);
  });

  it('refuses new tasks once its signal is aborted, and throws the reason', async () => {
    const controller = new AbortController();
    const pool = new Pool({ concurrency: 1, signal: controller.signal });
    const reason = new Error('stop');
    controller.abort(reason);
    await assert.rejects(
      pool.start(() => Promise.resolve()),
      (error) => error === reason,
    );
  });

  it('drains at once when no task runs', async () => {
    const pool = new Pool({ concurrency: 1, signal });
    await pool.nextSettled();
    await pool.drain();
    pool.assertOpen();
  });
});
