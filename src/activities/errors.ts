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
 * Returns the failure that an activity throws for an error: its type is the code of a foreseen error, which decides
 * whether Temporal retries, or else the error's name, which Temporal retries. Temporal's own failures pass unchanged.
 * Messages, stacks and causes are shortened: above 4 KiB, the server keeps "Failure exceeds size limit." instead, and
 * task statuses would show that.
 */
export function toTemporalFailure(error: unknown): unknown {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  const foreseen = foreseenFailure(error);
  const thrown = foreseen ?? (error instanceof Error ? error : new Error(String(error)));
  const cause = shortenedCause(thrown, 2);
  const failure = ApplicationFailure.create({
    type: foreseen?.code ?? (error instanceof Error ? error.name : 'unknown'),
    message: shortened(thrown.message, 1_000),
    nonRetryable: foreseen !== undefined && !retryable[foreseen.code],
    ...(cause === undefined ? {} : { cause }),
  });
  failure.stack = shortenedStack(thrown, 800);
  return failure;
}

/** The cause of an error with at most `depth` causes in a chain; undefined where it has none. */
function shortenedCause({ cause }: Error, depth: number): Error | undefined {
  if (!(cause instanceof Error) || depth === 0) return undefined;
  const copy = new Error(shortened(cause.message, 200), { cause: shortenedCause(cause, depth - 1) });
  copy.name = cause.name;
  copy.stack = shortenedStack(cause, 400);
  return copy;
}

/** The stack without the message, which Temporal stores beside it. */
function shortenedStack({ name, stack = '' }: Error, maxBytes: number): string {
  const frames = stack.slice(Math.max(stack.search(/^\s+at /m), 0));
  return shortened(`${name}\n${frames}`, maxBytes);
}

function shortened(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= maxBytes ? text : `${bytes.toString('utf8', 0, maxBytes).replace(/\uFFFD+$/, '')}…`;
}
