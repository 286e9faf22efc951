/**
 * Everything that can go wrong by design, as one closed set. `api/errors.ts` maps each code to an HTTP status,
 * `activities/errors.ts` to Temporal's retryability; both tables are complete by type, so a new code cannot be
 * added without deciding both.
 */
export const errorCodes = [
  // What a request asked for cannot be done as asked.
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
  // Something that the service needs does not answer.
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

/** What an error may carry beside its message. */
export interface LtdErrorOptions {
  /** The error that led to this one. */
  readonly cause?: unknown;
  /** For `pending_rebuild`: the id of the task that is running. */
  readonly taskId?: string | undefined;
  /** For `method_not_allowed`: the methods that the address answers. */
  readonly allow?: readonly string[];
  /** For `too_many_attempts`: seconds after which to try again. */
  readonly retryAfter?: number;
}

/**
 * A failure that the service foresees. Its message is written for the person who has to act on it and never holds a
 * secret; its code decides what HTTP and Temporal make of it.
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
