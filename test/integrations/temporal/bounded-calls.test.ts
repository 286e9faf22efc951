import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { LtdError } from '../../../src/domain/errors.js';
import { boundedCalls } from '../../../src/integrations/temporal/bounded-calls.js';

/** Calls that are answered when the test says so. */
function server() {
  const begun: number[] = [];
  const answers = new Map<number, (answer: number) => void>();
  const failures = new Map<number, (reason: Error) => void>();
  return {
    begun,
    call: (number: number) => () => {
      begun.push(number);
      return new Promise<number>((resolve, reject) => {
        answers.set(number, resolve);
        failures.set(number, reject);
      });
    },
    answer: (number: number) => answers.get(number)?.(number),
    fail: (number: number) => failures.get(number)?.(new Error('no')),
  };
}

const maxWait = 60_000;

describe('boundedCalls', () => {
  afterEach(() => {
    mock.timers.reset();
  });

  it('makes at most `concurrency` calls at a time, in order', async () => {
    const { begun, call, answer } = server();
    const bounded = boundedCalls({ concurrency: 2, timeoutMs: 60_000, maxWait });
    const calls = [1, 2, 3, 4].map((number) => bounded(call(number)));
    assert.deepEqual(begun, [1, 2]);
    answer(2);
    assert.equal(await calls[1], 2);
    assert.deepEqual(begun, [1, 2, 3]);
    answer(1);
    answer(3);
    assert.deepEqual([await calls[0], await calls[2]], [1, 3]);
    answer(4);
    assert.equal(await calls[3], 4);
    const [fifth, sixth] = [bounded(call(5)), bounded(call(6))];
    assert.deepEqual(begun, [1, 2, 3, 4, 5, 6]);
    answer(5);
    answer(6);
    assert.deepEqual([await fifth, await sixth], [5, 6]);
  });

  it('continues after a call that failed', async () => {
    const { begun, call, answer, fail } = server();
    const bounded = boundedCalls({ concurrency: 1, timeoutMs: 60_000, maxWait });
    const [first, second] = [bounded(call(1)), bounded(call(2))];
    fail(1);
    await assert.rejects(first, /^Error: no$/);
    assert.deepEqual(begun, [1, 2]);
    answer(2);
    assert.equal(await second, 2);
  });

  it('refuses waiting calls at once behind an unanswered one, and tries the next call', async () => {
    const { begun, call, answer } = server();
    const bounded = boundedCalls({ concurrency: 1, timeoutMs: 20, maxWait });
    const all = await Promise.allSettled([1, 2, 3].map((number) => bounded(call(number))));
    for (const one of all) {
      assert.ok(one.status === 'rejected' && one.reason instanceof LtdError);
      assert.equal(one.reason.code, 'unavailable');
    }
    assert.deepEqual(begun, [1]);
    const next = bounded(call(4));
    answer(4);
    assert.equal(await next, 4);
  });

  it('continues behind an unanswered call while others are answered', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    let time = 0;
    const pass = (milliseconds: number): void => {
      time += milliseconds;
      mock.timers.tick(milliseconds);
    };
    const { begun, call, answer } = server();
    const bounded = boundedCalls({ concurrency: 2, timeoutMs: 2_000, maxWait }, () => time);
    const [first, second, third, fourth] = [1, 2, 3, 4].map((number) => bounded(call(number)));
    pass(1_000);
    answer(2);
    assert.equal(await second, 2);
    pass(1_000);
    await assert.rejects(first ?? assert.fail(), /Temporal did not answer within 2000 ms/);
    assert.deepEqual(begun, [1, 2, 3, 4]);
    answer(3);
    answer(4);
    assert.deepEqual([await third, await fourth], [3, 4]);
  });

  it('refuses a call that has waited too long for its turn, so that later calls need not wait', async () => {
    let time = 0;
    const { begun, call, answer } = server();
    const bounded = boundedCalls({ concurrency: 1, timeoutMs: 60_000, maxWait: 5_000 }, () => time);
    const [first, second] = [bounded(call(1)), bounded(call(2))];
    time = 3_000;
    const third = bounded(call(3));
    time = 5_000;
    answer(1);
    assert.equal(await first, 1);
    await assert.rejects(second, { code: 'unavailable', message: /has waited 5 s for its turn/ });
    assert.deepEqual(begun, [1, 3]);
    answer(3);
    assert.equal(await third, 3);
  });

  it('starts the time limit of a call when its turn comes', async () => {
    const { call, answer } = server();
    mock.timers.enable({ apis: ['setTimeout'] });
    const bounded = boundedCalls({ concurrency: 1, timeoutMs: 2_000, maxWait });
    const [first, second] = [bounded(call(1)), bounded(call(2))];
    mock.timers.tick(1_500);
    answer(1);
    assert.equal(await first, 1);
    mock.timers.tick(1_500);
    answer(2);
    assert.equal(await second, 2);
  });
});
