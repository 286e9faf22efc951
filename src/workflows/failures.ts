import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';

/** A permanent failure of a step. */
export interface StepFailure {
  /** The code of the error; `timeout` for a time-out. */
  readonly type: string;
  /** For a person: the innermost message. */
  readonly message: string;
}

/**
 * Returns the permanent failure of a step; null for a cancellation or a fault of the run, which the caller throws on.
 */
export function stepFailure(error: unknown): StepFailure | null {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) return null;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) return { type: cause.type ?? 'unknown', message: cause.message };
  // A time-out: the failure of the last attempt, if there was one, gives the reason.
  const last = cause?.cause instanceof Error ? `: ${cause.cause.message}` : '';
  return { type: 'timeout', message: `${cause?.message ?? error.message}${last}` };
}
