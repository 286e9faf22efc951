/**
 * All foreseen failures, as one closed set. `api/http/errors.ts` maps each code to an HTTP status,
 * `activities/errors.ts` to Temporal's retryability. Both tables are complete by type.
 */
export const errorCodes = [
  // Refusals of a request.
  'invalid',
  'unauthenticated',
  'credentials_rejected',
  'too_many_attempts',
  'forbidden',
  'not_found',
  'method_not_allowed',
  'conflict',
  'pending_rebuild',
  'payload_too_large',
  'unsupported_media_type',
  // A dependency does not answer.
  'unavailable',
  // The protocol of a rebuild.
  'plan_void',
  'verification_failed',
  'manifest_replaced',
  'payload_undecryptable',
  // The object store.
  'bucket_missing',
  'store_access_denied',
  'store_acl_unsupported',
  'store_credentials_unavailable',
  'store_unavailable',
  'store_rejected',
  'source_changed',
  'build_empty',
  // Around a publication.
  'cdn_unavailable',
  'cdn_rejected',
  'dashboard_failed',
  'event_undelivered',
  'event_refused',
  'event_rejected',
  // Around a new product.
  'dns_unavailable',
  'dns_zone_missing',
  'dns_access_denied',
  'dns_rejected',
] as const;

/** The name of one kind of failure. */
export type ErrorCode = (typeof errorCodes)[number];

/** Optional facts of an error. */
export interface LtdErrorOptions {
  /** The underlying error. */
  readonly cause?: unknown;
  /** For `pending_rebuild`: the id of the running task. */
  readonly taskId?: string | undefined;
  /** For `method_not_allowed`: the allowed methods. */
  readonly allow?: readonly string[];
  /** For `too_many_attempts`: seconds to wait before the next attempt. */
  readonly retryAfter?: number;
}

/**
 * A foreseen failure. The message tells a person what to do and never holds a secret; the code decides how HTTP and
 * Temporal treat the failure.
 */
export class LtdError extends Error {
  readonly code: ErrorCode;
  readonly taskId: string | undefined;
  readonly allow: readonly string[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: LtdErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.name = 'LtdError';
    this.code = code;
    this.taskId = options.taskId;
    this.allow = options.allow;
    this.retryAfter = options.retryAfter;
  }
}

/** Whether `error` is a {@link LtdError} with `code`. */
export function hasCode(error: unknown, code: ErrorCode): error is LtdError {
  return error instanceof LtdError && error.code === code;
}
