import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ErrorCode } from '../domain/errors.js';
import { foreseenFailure } from '../db/unavailable.js';

/** Whether a step that failed so may succeed when it is only tried again. */
const retryable: Readonly<Record<ErrorCode, boolean>> = {
  invalid: false,
  unauthenticated: false,
  credentials_rejected: false,
  too_many_attempts: false,
  forbidden: false,
  not_found: false,
  method_not_allowed: false,
  conflict: false,
  pending_rebuild: false,
  payload_too_large: false,
  unsupported_media_type: false,
  unavailable: true,
  plan_void: false,
  verification_failed: false,
  manifest_replaced: true,
  payload_undecryptable: false,
  bucket_missing: false,
  store_access_denied: false,
  store_acl_unsupported: false,
  store_credentials_unavailable: true,
  store_rejected: false,
  store_unavailable: true,
  source_changed: true,
  build_empty: false,
  cdn_unavailable: true,
  cdn_rejected: false,
  dashboard_failed: true,
  event_undelivered: true,
  event_refused: true,
  event_rejected: false,
  dns_unavailable: true,
  dns_zone_missing: false,
  dns_access_denied: false,
  dns_rejected: false,
};

/**
 * An error of an activity as Temporal takes it: foreseen ones by the table, with their code as the type; anything else
 * may be tried again. What is Temporal's own passes as it is.
 */
export function toTemporalFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const foreseen = foreseenFailure(error);
  if (foreseen !== undefined)
    return ApplicationFailure.create({
      type: foreseen.code,
      message: foreseen.message,
      nonRetryable: !retryable[foreseen.code],
      cause: foreseen,
    });
  const cause = error instanceof Error ? error : undefined;
  return ApplicationFailure.create({
    type: cause?.name ?? 'unknown',
    message: cause?.message ?? String(error),
    ...(cause === undefined ? {} : { cause }),
  });
}
