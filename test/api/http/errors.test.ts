import assert from 'node:assert/strict';
import { errorReply } from '../../../src/api/http/errors.js';
import { type ErrorCode, errorCodes, LtdError } from '../../../src/domain/errors.js';

describe('errors in HTTP', () => {
  const cases: readonly (readonly [code: ErrorCode, status: number, error: string])[] = [
    ['invalid', 400, 'bad request'],
    ['unauthenticated', 401, 'unauthorized'],
    ['credentials_rejected', 401, 'unauthorized'],
    ['too_many_attempts', 429, 'too many requests'],
    ['forbidden', 403, 'unauthorized'],
    ['not_found', 404, 'not found'],
    ['method_not_allowed', 405, 'method not supported'],
    ['conflict', 409, 'conflict'],
    ['pending_rebuild', 409, 'conflict'],
    ['payload_too_large', 413, 'payload too large'],
    ['unsupported_media_type', 415, 'unsupported media type'],
    ['unavailable', 503, 'service unavailable'],
  ];
  for (const [code, status, error] of cases) {
    it(`maps ${code} to ${status} and keeps its message`, () => {
      const reply = errorReply(new LtdError(code, 'why'), 'http://k');
      assert.equal(reply.status, status);
      assert.deepEqual(reply.body, { status, error, message: 'why' });
    });
  }

  it('sends how to authenticate with 401, the allowed methods with 405 and Retry-After with 503', () => {
    const headersOf = (error: LtdError): unknown => errorReply(error, 'http://k').headers;
    assert.deepEqual(headersOf(new LtdError('unauthenticated', '')), {
      'www-authenticate': 'Basic realm="Authentication Required"',
    });
    assert.deepEqual(headersOf(new LtdError('method_not_allowed', '', { allow: ['GET', 'HEAD'] })), {
      allow: 'GET, HEAD',
    });
    assert.deepEqual(headersOf(new LtdError('unavailable', '')), { 'retry-after': '5' });
    assert.deepEqual(headersOf(new LtdError('too_many_attempts', '', { retryAfter: 60 })), {
      'retry-after': '60',
    });
    assert.deepEqual(headersOf(new LtdError('invalid', '')), {});
  });

  it('names the running task with a pending rebuild', () => {
    const error = new LtdError('pending_rebuild', 'wait', { taskId: 'abc' });
    assert.deepEqual(errorReply(error, 'http://k').body, {
      status: 409,
      error: 'conflict',
      message: 'wait',
      queue_url: 'http://k/queue/abc',
    });
  });

  it('hides errors of background work and unexpected errors', () => {
    const inner = new LtdError('store_access_denied', 'key AKIA... may not write to the bucket');
    for (const error of [inner, new Error('at line 3'), 'text', undefined]) {
      const { status, body } = errorReply(error, 'http://k');
      assert.equal(status, 500);
      assert.equal(body.error, 'internal server error');
      assert.doesNotMatch(body.message, /AKIA|line 3|text/);
    }
  });

  it('maps every error code to a status', () => {
    for (const code of errorCodes) assert.ok(errorReply(new LtdError(code, 'x'), '').status >= 400, code);
  });
});
