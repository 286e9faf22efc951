import assert from 'node:assert/strict';
import { ok } from '../../src/doctor/finding.js';
import { type Check, runCheck } from '../../src/doctor/run-check.js';

describe('a check', () => {
  const check = (look: Check['look'], timeout = 60_000): Check => ({
    name: 'thing',
    advice: 'Mend the thing.',
    timeout,
    look,
  });

  it('answers what it finds', async () => {
    assert.deepEqual(await runCheck(check(() => Promise.resolve([ok('thing', 'It is there.')]))), [
      { check: 'thing', status: 'ok', message: 'It is there.' },
    ]);
  });

  it('that throws has found a failure, with what to do', async () => {
    const [finding] = await runCheck(check(() => Promise.reject(new Error('no such thing'))));
    assert.equal(finding?.status, 'failure');
    assert.match(finding.message, /no such thing/);
    assert.equal(finding.advice, 'Mend the thing.');
  });

  it('that never ends is given up, and told', async () => {
    let told: AbortSignal | undefined;
    const [finding] = await runCheck(
      check((signal) => {
        told = signal;
        return new Promise(() => undefined);
      }, 20),
    );
    assert.deepEqual(finding, {
      check: 'thing',
      status: 'failure',
      message: 'There was no answer within 0.02 s.',
      advice: 'Mend the thing.',
    });
    assert.equal(told?.aborted, true);
  });
});
