import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';

/** What a failed step means to a run. */
export interface StepFailure {
  /** The code of the error, or the name of what happened. */
  readonly type: string;
  /** For a person: the innermost message. */
  readonly message: string;
}

/**
 * What failed, where a step failed for good; null where the error is a cancellation or a fault of the run itself, which
 * the caller lets pass.
 */
export function stepFailure(error: unknown): StepFailure | null {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) return null;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'unknown', message: cause.message };
  // A time-out: what it was waiting for is in the failure of the last attempt, if there was one.
  const last = cause?.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return { type: 'timeout', message: `${cause?.message ?? error.message}${last}` };
}
