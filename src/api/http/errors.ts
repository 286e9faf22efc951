import type { ErrorCode, LtdError } from '../../domain/errors.js';
import { foreseenFailure } from '../../db/unavailable.js';

/** How HTTP says one kind of failure. */
interface HttpError {
  readonly status: number;
  /** Keeper's short word for it. */
  readonly error: string;
}

const internal: HttpError = { status: 500, error: 'internal server error' };
const unavailable: HttpError = { status: 503, error: 'service unavailable' };
const conflict: HttpError = { status: 409, error: 'conflict' };
// Keeper's word for 401 and for 403 is the same.
const unauthorized: HttpError = { status: 401, error: 'unauthorized' };

/** Every code has its status; those that only background work meets would be faults of ours in an answer. */
const httpErrors: Readonly<Record<ErrorCode, HttpError>> = {
  invalid: { status: 400, error: 'bad request' },
  unauthenticated: unauthorized,
  credentials_rejected: unauthorized,
  too_many_attempts: { status: 429, error: 'too many requests' },
  forbidden: { status: 403, error: 'unauthorized' },
  not_found: { status: 404, error: 'not found' },
  method_not_allowed: { status: 405, error: 'method not supported' },
  conflict,
  pending_rebuild: conflict,
  payload_too_large: { status: 413, error: 'payload too large' },
  unsupported_media_type: { status: 415, error: 'unsupported media type' },
  unavailable,
  store_unavailable: unavailable,
  store_credentials_unavailable: unavailable,
  plan_void: internal,
  verification_failed: internal,
  manifest_replaced: internal,
  payload_undecryptable: internal,
  bucket_missing: internal,
  store_access_denied: internal,
  store_acl_unsupported: internal,
  store_rejected: internal,
  source_changed: internal,
  build_empty: internal,
  cdn_unavailable: unavailable,
  cdn_rejected: internal,
  dashboard_failed: internal,
  event_undelivered: unavailable,
  event_refused: internal,
  event_rejected: internal,
  dns_unavailable: unavailable,
  dns_zone_missing: internal,
  dns_access_denied: internal,
  dns_rejected: internal,
};

/** How long a client is asked to wait while something that we need is down. Seconds. */
const retryAfter = 5;

/** The body of every failure: Keeper's three keys. */
export interface ErrorBody {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  /** With a 409 for a pending rebuild: the task that is running. */
  readonly queue_url?: string;
}

/** A failure as HTTP answers it. Header names are in lower case. */
export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
}

/** The answer to a request that failed. What we did not foresee says nothing of our insides. */
export function errorReply(error: unknown, baseUrl: string): ErrorReply {
  const failure = foreseenFailure(error);
  const http = failure === undefined ? internal : httpErrors[failure.code];
  const message = failure === undefined || http === internal ? internalMessage : failure.message;
  return {
    status: http.status,
    headers: failure === undefined ? {} : headersOf(failure),
    body: { ...http, message, ...queueUrlOf(failure, baseUrl) },
  };
}

const internalMessage = 'Something went wrong in the service. The X-Request-Id of this answer names it in the log.';

function queueUrlOf(failure: LtdError | undefined, baseUrl: string): { queue_url?: string } {
  return failure?.taskId === undefined ? {} : { queue_url: `${baseUrl}/queue/${failure.taskId}` };
}

function headersOf(failure: LtdError): Record<string, string> {
  switch (httpErrors[failure.code].status) {
    case 401:
      return { 'www-authenticate': 'Basic realm="Authentication Required"' };
    case 405:
      return { allow: (failure.allow ?? []).join(', ') };
    case 429:
    case 503:
      return { 'retry-after': String(failure.retryAfter ?? retryAfter) };
    default:
      return {};
  }
}
