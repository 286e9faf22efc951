import assert from 'node:assert/strict';
import { ok } from '../../src/doctor/finding.js';
import { type Check, runCheck } from '../../src/doctor/examine.js';

describe('runCheck', () => {
  const check = (look: Check['look'], timeout = 60_000): Check => ({
    name: 'thing',
    advice: 'Mend the thing.',
    timeout,
    look,
  });

  it('returns the findings of a check', async () => {
    assert.deepEqual(await runCheck(check(() => Promise.resolve([ok('thing', 'It is there.')]))), [
      { check: 'thing', status: 'ok', message: 'It is there.' },
    ]);
  });

  it('returns a failure with advice when a check throws', async () => {
    const [finding] = await runCheck(check(() => Promise.reject(new Error('no such thing'))));
    assert.equal(finding?.status, 'failure');
    assert.match(finding.message, /no such thing/);
    assert.equal(finding.advice, 'Mend the thing.');
  });

  it('cancels a check that does not end in time, and reports a failure', async () => {
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
