import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toTemporalFailure } from '../../src/activities/errors.js';
import { type ErrorCode, errorCodes, LtdError } from '../../src/domain/errors.js';

/** What may be over by the time of the next attempt. All else needs a person, or another plan. */
const passing: readonly ErrorCode[] = [
  'unavailable',
  'store_unavailable',
  'store_credentials_unavailable',
  'source_changed',
  'manifest_replaced',
  'cdn_unavailable',
  'dashboard_failed',
  'event_undelivered',
  'event_refused',
  'dns_unavailable',
];

describe('toTemporalFailure', () => {
  for (const code of errorCodes)
    it(`${passing.includes(code) ? 'lets Temporal try again after' : 'ends the step for good at'} ${code}`, () => {
      const error = new LtdError(code, 'what happened');
      const failure = toTemporalFailure(error);
      assert.ok(failure instanceof ApplicationFailure);
      assert.deepEqual(
        [failure.type, failure.message, failure.nonRetryable, failure.cause],
        [code, 'what happened', !passing.includes(code), error],
      );
    });

  it('says in words for people what keeps the database from being used', () => {
    const error = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
    const failure = toTemporalFailure(error);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.message, failure.nonRetryable],
      ['unavailable', 'Somebody else has held a row for too long that this needs. Please try again.', false],
    );
  });

  it('lets Temporal try again after what nobody foresaw, and keeps it as the cause', () => {
    const error = new TypeError('x is not a function');
    const failure = toTemporalFailure(error);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.message, failure.nonRetryable, failure.cause],
      ['TypeError', 'x is not a function', false, error],
    );
  });

  it('takes what is thrown and is no error for its text', () => {
    const failure = toTemporalFailure('just a string');
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.message, failure.nonRetryable, failure.cause],
      ['unknown', 'just a string', false, undefined],
    );
  });

  it("leaves Temporal's own as it is", () => {
    for (const error of [new CancelledFailure('cancelled'), ApplicationFailure.create({ message: 'mine' })])
      assert.equal(toTemporalFailure(error), error);
  });
});
