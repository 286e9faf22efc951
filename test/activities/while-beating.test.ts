import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { whileBeating } from '../../src/activities/while-beating.js';

const times = { interval: 5, standstill: 50 };

describe('whileBeating', () => {
  let environment: MockActivityEnvironment;
  let beats: number;

  beforeEach(() => {
    environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR', () => undefined) });
    beats = 0;
    environment.on('heartbeat', () => (beats += 1));
  });

  const run = (progress: () => number, work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> =>
    environment.run(() => whileBeating({ context: Context.current(), latest: () => undefined, progress, times }, work));

  it('aborts an attempt without progress, and sends no more heartbeats', async () => {
    let atEnd = 0;
    const hangs = run(
      () => 0,
      async (signal) => {
        await once(signal, 'abort');
        atEnd = beats;
        await sleep(10 * times.interval);
        signal.throwIfAborted();
      },
    );
    await assert.rejects(hangs, { code: 'unavailable', message: /was answered for 0\.05 s/ });
    assert.ok(atEnd > 1);
    assert.equal(beats, atEnd);
  });

  it('lets an attempt run for as long as it makes progress', async () => {
    let moved = 0;
    const ended = run(
      () => (moved += 1),
      async (signal) => {
        const several = (3 * times.standstill) / times.interval;
        while (beats < several) await once(environment, 'heartbeat');
        signal.throwIfAborted();
        return 'done';
      },
    );
    assert.equal(await ended, 'done');
  });

  it('aborts an attempt that Temporal cancels, with its reason', async () => {
    const cancelled = run(
      () => 0,
      async (signal) => {
        environment.cancel('CANCELLED');
        signal.throwIfAborted();
        return Promise.resolve();
      },
    );
    await assert.rejects(cancelled, CancelledFailure);
  });
});
