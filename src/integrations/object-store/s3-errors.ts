import { S3ServiceException } from '@aws-sdk/client-s3';
import { type ErrorCode, LtdError } from '../../domain/errors.js';
import { credentialsAdvice, isNoCredentials, noCredentials } from '../aws-credentials.js';
import type { AttemptOutcome } from './admission.js';

/** What was being done when the store failed. */
export interface StoreContext {
  /** In the words of a message: `list`, `copy ... to ...`. */
  readonly action: string;
  readonly bucket: string;
}

/** What a failure is to us, and what a person can do about it. */
interface Verdict {
  readonly code: ErrorCode;
  readonly advice: string;
}

const again: Verdict = { code: 'store_unavailable', advice: 'it is tried again' };
const full: Verdict = {
  code: 'store_unavailable',
  advice: 'the store is full, free some of its space or raise its quota; it is tried again',
};
const changed: Verdict = { code: 'source_changed', advice: 'an object of the build changed or vanished' };
const noBucket: Verdict = {
  code: 'bucket_missing',
  advice: 'create the bucket, or correct bucket_name of the product',
};
const wrongCredentials: Verdict = {
  code: 'store_access_denied',
  advice: 'check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (LTD_KEEPER_AWS_ID and LTD_KEEPER_AWS_SECRET)',
};
const noProvider: Verdict = { code: 'store_credentials_unavailable', advice: credentialsAdvice };
const notAllowed: Verdict = {
  code: 'store_access_denied',
  advice: 'check the credentials and that their policy and the policy of the bucket allow it',
};
const noAcls: Verdict = {
  code: 'store_acl_unsupported',
  advice: 'the ACLs of the bucket are disabled: set LTD_S3_ACL=none',
};
const wrongRegion: Verdict = {
  code: 'store_rejected',
  advice: 'check AWS_REGION and AWS_ENDPOINT_URL_S3: the bucket is elsewhere',
};

const hopeless: Verdict = { code: 'store_rejected', advice: 'trying again does not help' };

/** S3's error codes (AWS: "List of error codes") that mean more than their HTTP status. */
const verdictsByCode: ReadonlyMap<string, Verdict> = new Map([
  ['NoSuchBucket', noBucket],
  ['NoSuchKey', changed],
  ['PreconditionFailed', changed],
  ['AccessDenied', notAllowed],
  ['AllAccessDisabled', notAllowed],
  ['AccountProblem', notAllowed],
  ['InvalidAccessKeyId', wrongCredentials],
  ['SignatureDoesNotMatch', wrongCredentials],
  ['InvalidToken', wrongCredentials],
  // A provider that has an outage gives no credentials, or goes on giving those that have expired.
  [noCredentials, noProvider],
  ['ExpiredToken', noProvider],
  ['AccessControlListNotSupported', noAcls],
  ['PermanentRedirect', wrongRegion],
  ['AuthorizationHeaderMalformed', wrongRegion],
  ['IllegalLocationConstraintException', wrongRegion],
  // 4xx that pass by themselves.
  ['RequestTimeout', again],
  ['RequestTimeTooSkewed', again],
  ['IncompleteBody', again],
  ['BadDigest', again],
  ['OperationAborted', again],
  ['ConditionalRequestConflict', again],
  ['NoSuchUpload', again],
  ['InternalError', again],
  ['SlowDown', again],
  ['ServiceUnavailable', again],
  // A full disk or quota: of MinIO (507 and 400) and of Ceph (403). Everything else says it by its status.
  ['XMinioStorageFull', full],
  ['XMinioAdminBucketQuotaExceeded', full],
  ['QuotaExceeded', full],
  // A 501: no later attempt changes that.
  ['NotImplemented', hopeless],
  // undici refuses to send what HTTP cannot carry; no later attempt changes that.
  ['InvalidArgumentError', hopeless],
]);

/** Codes of "too many requests", which stores also give with statuses other than 503 and 429, or inside a 200. */
const refusals: ReadonlySet<string> = new Set(['SlowDown', 'ServiceUnavailable', 'TooManyRequests', 'Throttling']);

/** What a failed attempt says of the store's strength, by whatever the SDK, undici or their transport threw. */
export function attemptOutcome(error: unknown): AttemptOutcome {
  if (isNoCredentials(error)) return 'unsent';
  const status = statusOf(error);
  if (status === 503 || status === 429 || (error instanceof Error && isRefusal(error.name))) return 'refused';
  const wasAnswered = status !== undefined || error instanceof LtdError || verdictOf(error) !== again;
  return wasAnswered ? 'answered' : 'unanswered';
}

/** Whether a code of S3 says that there were too many requests. */
export function isRefusal(code: string): boolean {
  return refusals.has(code);
}

/** The domain's error for whatever the SDK, undici or their transport threw; a `LtdError` stays as it is. */
export function storeError(error: unknown, context: StoreContext): LtdError {
  if (error instanceof LtdError) return error;
  const { code, advice } = verdictOf(error);
  return new LtdError(
    code,
    `The object store could not ${context.action} in bucket "${context.bucket}": ${describe(error)}; ${advice}`,
    { cause: error },
  );
}

function verdictOf(error: unknown): Verdict {
  const known = error instanceof Error ? verdictsByCode.get(error.name) : undefined;
  if (known !== undefined) return known;
  if (error instanceof Error && error.message === 'Region is missing') return wrongRegion;
  // Node refuses to send what HTTP cannot carry; no later attempt changes that.
  if (error instanceof TypeError && !('$response' in error)) return hopeless;
  return verdictByStatus(statusOf(error));
}

/** No status means that no whole answer came, or none that could be read: resets, timeouts, cut or mangled bodies. */
function verdictByStatus(status: number | undefined): Verdict {
  if (status === 507) return full;
  if (status === undefined || status < 300 || status >= 500 || status === 408 || status === 429) return again;
  switch (status) {
    case 401:
    case 403:
      return notAllowed;
    case 404:
    case 412:
      return changed;
    case 409:
      return again;
    case 301:
    case 307:
      return wrongRegion;
    default:
      return hopeless;
  }
}

/** The SDK gives its own exceptions `$metadata`, and `$response` to those of an answer that it could not read. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof S3ServiceException) return error.$metadata.httpStatusCode;
  if (!(error instanceof Error) || !('$response' in error)) return undefined;
  const response: unknown = error.$response;
  return isResponse(response) ? response.statusCode : undefined;
}

function isResponse(value: unknown): value is { readonly statusCode: number } {
  return typeof value === 'object' && value !== null && 'statusCode' in value && typeof value.statusCode === 'number';
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = statusOf(error);
  const facts = [error.name === 'Error' ? '' : error.name, status === undefined ? '' : `HTTP ${status}`];
  const known = facts.filter((fact) => fact !== '').join(', ');
  return known === '' ? error.message : `${error.message} (${known})`;
}
