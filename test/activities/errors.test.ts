import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { toTemporalFailure } from '../../src/activities/errors.js';
import { type ErrorCode, errorCodes, LtdError } from '../../src/domain/errors.js';

/** Errors that may be gone by the next attempt. All others need an operator, or another plan. */
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
    it(`${passing.includes(code) ? 'lets Temporal retry' : 'ends the step permanently'} after ${code}`, () => {
      const error = new LtdError(code, 'what happened');
      const failure = toTemporalFailure(error);
      assert.ok(failure instanceof ApplicationFailure);
      assert.deepEqual(
        [failure.type, failure.message, failure.nonRetryable, failure.cause],
        [code, 'what happened', !passing.includes(code), error],
      );
    });

  it('explains in plain words why the database cannot be used', () => {
    const error = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
    const failure = toTemporalFailure(error);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.message, failure.nonRetryable],
      ['unavailable', 'Somebody else has held a row for too long that this needs. Please try again.', false],
    );
  });

  it('lets Temporal retry after an unexpected error, and keeps it as the cause', () => {
    const error = new TypeError('x is not a function');
    const failure = toTemporalFailure(error);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.message, failure.nonRetryable, failure.cause],
      ['TypeError', 'x is not a function', false, error],
    );
  });

  it('converts a thrown value that is not an error to its text', () => {
    const failure = toTemporalFailure('just a string');
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.message, failure.nonRetryable, failure.cause],
      ['unknown', 'just a string', false, undefined],
    );
  });

  it("returns Temporal's own failures unchanged", () => {
    for (const error of [new CancelledFailure('cancelled'), ApplicationFailure.create({ message: 'mine' })])
      assert.equal(toTemporalFailure(error), error);
  });
});
