import assert from 'node:assert/strict';
import { S3ServiceException } from '@aws-sdk/client-s3';
import { type ErrorCode, LtdError } from '../../../src/domain/errors.js';
import type { AttemptOutcome } from '../../../src/integrations/object-store/admission.js';
import { attemptOutcome, storeError } from '../../../src/integrations/object-store/s3-errors.js';

const context = { action: 'copy "a" to "b"', bucket: 'docs' };

describe('storeError', () => {
  const answer = (status: number, name: string): Error =>
    new S3ServiceException({
      name,
      message: 'said S3',
      $fault: 'client',
      $metadata: { httpStatusCode: status },
    });
  const transport = (code: string): Error => Object.assign(new Error(code), { code });

  const cases: readonly (readonly [what: string, error: unknown, code: ErrorCode, advice?: string])[] = [
    ['503 SlowDown', answer(503, 'SlowDown'), 'store_unavailable'],
    ['500 InternalError', answer(500, 'InternalError'), 'store_unavailable'],
    ['200 with an error in its body', answer(200, 'InternalError'), 'store_unavailable'],
    ['200 with a permanent error in its body', answer(200, 'AccessDenied'), 'store_access_denied'],
    ['429', answer(429, 'TooManyRequests'), 'store_unavailable'],
    ['502 of a proxy', answer(502, 'Unknown'), 'store_unavailable'],
    ['400 RequestTimeout', answer(400, 'RequestTimeout'), 'store_unavailable'],
    ['403 RequestTimeTooSkewed', answer(403, 'RequestTimeTooSkewed'), 'store_unavailable'],
    ['409', answer(409, 'OperationAborted'), 'store_unavailable'],
    ['a full disk', answer(507, 'InsufficientStorage'), 'store_unavailable', 'free some of its space'],
    ['a full disk of MinIO', answer(507, 'XMinioStorageFull'), 'store_unavailable', 'free some of its space'],
    ['a full quota of MinIO', answer(400, 'XMinioAdminBucketQuotaExceeded'), 'store_unavailable', 'its quota'],
    ['a full quota of Ceph', answer(403, 'QuotaExceeded'), 'store_unavailable', 'its quota'],
    ['a reset', transport('ECONNRESET'), 'store_unavailable'],
    ['a refused connection', transport('ECONNREFUSED'), 'store_unavailable'],
    ['an unknown host', transport('ENOTFOUND'), 'store_unavailable'],
    ['a time-out', new Error('no answer within 10000 ms'), 'store_unavailable'],
    [
      'an answer that is not XML',
      Object.assign(new SyntaxError('no XML'), { $response: { statusCode: 200 } }),
      'store_unavailable',
    ],
    [
      'a refusal that is not XML',
      Object.assign(new Error('no XML'), { $response: { statusCode: 403 } }),
      'store_access_denied',
    ],
    ['a missing bucket', answer(404, 'NoSuchBucket'), 'bucket_missing', 'bucket_name'],
    ['a missing key', answer(404, 'NoSuchKey'), 'source_changed'],
    ['412', answer(412, 'PreconditionFailed'), 'source_changed'],
    ['403 AccessDenied', answer(403, 'AccessDenied'), 'store_access_denied', 'policy'],
    ['403 without a code', answer(403, '403'), 'store_access_denied'],
    ['an unknown access key', answer(403, 'InvalidAccessKeyId'), 'store_access_denied', 'AWS_ACCESS_KEY_ID'],
    ['a wrong secret', answer(403, 'SignatureDoesNotMatch'), 'store_access_denied', 'AWS_SECRET_ACCESS_KEY'],
    [
      'no credentials',
      Object.assign(new Error('none'), { name: 'CredentialsProviderError' }),
      'store_credentials_unavailable',
      'AWS_ACCESS_KEY_ID',
    ],
    ['credentials that have expired', answer(400, 'ExpiredToken'), 'store_credentials_unavailable', 'identity'],
    ['disabled ACLs', answer(400, 'AccessControlListNotSupported'), 'store_acl_unsupported', 'LTD_S3_ACL=none'],
    ['another region', answer(301, 'PermanentRedirect'), 'store_rejected', 'AWS_REGION'],
    ['no region', new Error('Region is missing'), 'store_rejected', 'AWS_REGION'],
    ['a key that is too long', answer(400, 'KeyTooLongError'), 'store_rejected'],
    ['a header that HTTP cannot carry', new TypeError('Invalid character in header content'), 'store_rejected'],
    [
      'a header that undici cannot send',
      Object.assign(new Error('invalid header'), { name: 'InvalidArgumentError' }),
      'store_rejected',
    ],
    ['a value that is not an error', 'oops', 'store_unavailable'],
  ];
  for (const [what, error, code, advice = ''] of cases) {
    it(`translates ${what} to ${code}, with the operation, its target and the cause`, () => {
      const failure = storeError(error, context);
      assert.equal(failure.code, code);
      assert.equal(failure.cause, error);
      for (const words of ['copy "a" to "b"', '"docs"', advice])
        assert.ok(failure.message.includes(words), failure.message);
    });
  }

  const outcomes: readonly (readonly [what: string, error: unknown, outcome: AttemptOutcome])[] = [
    ['503', answer(503, 'SlowDown'), 'refused'],
    ['503 of a proxy', answer(503, '503'), 'refused'],
    ['429', answer(429, 'TooManyRequests'), 'refused'],
    ['SlowDown in the body of a 200', answer(200, 'SlowDown'), 'refused'],
    ['500', answer(500, 'InternalError'), 'answered'],
    ['403', answer(403, 'AccessDenied'), 'answered'],
    ['a reset', transport('ECONNRESET'), 'unanswered'],
    ['a time-out', new Error('no answer within 10000 ms'), 'unanswered'],
    ['missing credentials', Object.assign(new Error('none'), { name: 'CredentialsProviderError' }), 'unsent'],
    ['an answer without an ETag', new LtdError('store_unavailable', 'no ETag'), 'answered'],
  ];
  for (const [what, error, outcome] of outcomes) {
    it(`classifies a request as ${outcome} after ${what}`, () => {
      assert.equal(attemptOutcome(error), outcome);
    });
  }

  it('returns an error that is an LtdError unchanged', () => {
    const error = new LtdError('plan_void', 'x');
    assert.equal(storeError(error, context), error);
  });
});
