import { formatAmzDate, parseAmzDate } from './amz-date.js';
import { S3Error } from './s3-error.js';
import type { S3Request } from './s3-request.js';
import { signatureAlgorithm, type CredentialScope, parseCredentialScope } from './sigv4.js';

/** S3 refuses requests whose date differs by more from its clock. */
const maxSkewMs = 15 * 60 * 1000;
/** S3's limit on `X-Amz-Expires`: seven days. */
const maxExpiresSeconds = 604_800;

/** A request's signature, parsed but not verified. */
export type SignatureClaim = {
  readonly scope: CredentialScope;
  readonly amzDate: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly payloadHash: string;
};

/**
 * Reads the signature of a request from its `Authorization` header or query, and checks its date against the store's
 * clock. Returns `undefined` when the request has none. Throws S3's errors.
 */
export function readClaim(request: S3Request, now: number): SignatureClaim | undefined {
  const authorization = request.header('authorization');
  if (authorization !== undefined) return headerClaim(request, authorization, now);
  return request.query('X-Amz-Algorithm') === undefined && request.query('X-Amz-Signature') === undefined
    ? undefined
    : queryClaim(request, now);
}

function headerClaim(request: S3Request, authorization: string, now: number): SignatureClaim {
  const match = /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([0-9a-f]+)$/.exec(
    authorization,
  );
  if (match === null) {
    if (authorization.startsWith(signatureAlgorithm)) throw new S3Error('AuthorizationHeaderMalformed');
    throw new S3Error(
      'InvalidRequest',
      `The authorization mechanism you have provided is not supported. Please use ${signatureAlgorithm}.`,
    );
  }
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  const payloadHash = request.header('x-amz-content-sha256');
  if (payloadHash === undefined) {
    throw new S3Error('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  }
  const scope = parseCredentialScope(credential);
  if (scope === undefined) throw new S3Error('AuthorizationHeaderMalformed');
  const amzDate = request.header('x-amz-date') ?? fromHttpDate(request.header('date'));
  const time = parseAmzDate(amzDate);
  if (time === undefined) {
    throw new S3Error('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header');
  }
  checkSkew(time, now);
  return { scope, amzDate, signedHeaders: signedHeaders.split(';'), signature, payloadHash };
}

function checkSkew(time: number, now: number): void {
  if (Math.abs(time - now) <= maxSkewMs) return;
  throw new S3Error('RequestTimeTooSkewed', undefined, {
    RequestTime: formatAmzDate(time),
    ServerTime: new Date(now).toISOString(),
    MaxAllowedSkewMilliseconds: String(maxSkewMs),
  });
}

function fromHttpDate(date: string | undefined): string {
  const time = Date.parse(date ?? '');
  return Number.isNaN(time) ? '' : formatAmzDate(time);
}

function queryClaim(request: S3Request, now: number): SignatureClaim {
  const parameter = (name: string): string => {
    const value = request.query(name);
    if (value !== undefined) return value;
    throw new S3Error('AuthorizationQueryParametersError', `The request lacks the query parameter ${name}.`);
  };
  const scope = parseCredentialScope(parameter('X-Amz-Credential'));
  const amzDate = parameter('X-Amz-Date');
  const time = parseAmzDate(amzDate);
  const expires = Number(parameter('X-Amz-Expires'));
  const isExpiresValid = Number.isInteger(expires) && expires >= 0 && expires <= maxExpiresSeconds;
  if (
    parameter('X-Amz-Algorithm') !== signatureAlgorithm ||
    scope === undefined ||
    time === undefined ||
    !isExpiresValid
  ) {
    throw new S3Error('AuthorizationQueryParametersError');
  }
  if (time > now + maxSkewMs) throw new S3Error('AccessDenied', 'Request is not valid yet');
  if (now > time + expires * 1000) {
    throw new S3Error('AccessDenied', 'Request has expired', {
      Expires: new Date(time + expires * 1000).toISOString(),
      ServerTime: new Date(now).toISOString(),
    });
  }
  return {
    scope,
    amzDate,
    signedHeaders: parameter('X-Amz-SignedHeaders').split(';'),
    signature: parameter('X-Amz-Signature'),
    payloadHash: request.amzHeader('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  };
}
