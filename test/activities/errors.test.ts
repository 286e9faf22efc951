import assert from 'node:assert/strict';
import {
  ApplicationFailure,
  CancelledFailure,
  DefaultFailureConverter,
  defaultPayloadConverter,
} from '@temporalio/common';
import proto from '@temporalio/proto';
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
        [failure.type, failure.message, failure.nonRetryable],
        [code, 'what happened', !passing.includes(code)],
      );
    });

  it('explains in plain words why the database cannot be used', () => {
    const error = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
    const failure = toTemporalFailure(error);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.message, failure.nonRetryable],
      ['unavailable', 'Timed out waiting for a lock on a row; retry.', false],
    );
  });

  it('lets Temporal retry after an unexpected error, and keeps its stack and causes', () => {
    const error = new TypeError('x is not a function', { cause: new RangeError('too far') });
    const failure = toTemporalFailure(error);
    assert.ok(failure instanceof ApplicationFailure);
    assert.deepEqual(
      [failure.type, failure.message, failure.nonRetryable, failure.cause?.name, failure.cause?.message],
      ['TypeError', 'x is not a function', false, 'RangeError', 'too far'],
    );
    assert.match(failure.stack ?? '', /^TypeError\n\s+at .*errors\.test/);
  });

  it('keeps the message of an error whose text, stack and causes exceed the 4 KiB that the server stores', () => {
    let error = new Error('the first cause');
    for (let depth = 0; depth < 20; depth++) {
      error = new LtdError('store_unavailable', `The store did not answer. ${'ü'.repeat(5_000)}`, { cause: error });
      error.stack = `${error.message}\n${'    at read (file:///a/long/path/to/a/module.js:12:34)\n'.repeat(100)}`;
    }
    const failure = toTemporalFailure(error);
    assert.ok(failure instanceof ApplicationFailure);
    assert.match(failure.message, /^The store did not answer\. ü+…$/);
    const stored = new DefaultFailureConverter().errorToFailure(failure, defaultPayloadConverter);
    const size = proto.temporal.api.failure.v1.Failure.encode(stored).finish().length;
    assert.ok(size < 4_096, `${size} bytes`);
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
