/** How what was looked at is: `repaired` was a failure that has been mended, or declared for it, just now. */
export const findingStatuses = ['ok', 'repaired', 'warning', 'failure'] as const;

/** One of {@link findingStatuses}. */
export type FindingStatus = (typeof findingStatuses)[number];

/** What one check has found, for the person who has to act on it. */
export interface Finding {
  /** What was looked at: `database`, `schedule`, `bucket docs`. */
  readonly check: string;
  readonly status: FindingStatus;
  /** What is so, as a sentence. */
  readonly message: string;
  /** What to do about it; everything but `ok` has it. */
  readonly advice?: string;
}

/** Returns a finding without a problem. */
export function ok(check: string, message: string): Finding {
  return { check, status: 'ok', message };
}

/** It has been mended, or will be by the service. */
export function repaired(check: string, message: string): Finding {
  return { check, status: 'repaired', message };
}

/** Returns a finding that an operator should examine. */
export function warning(check: string, message: string, advice: string): Finding {
  return { check, status: 'warning', message, advice };
}

/** Something that the service promises does not hold, or cannot be told. */
export function failure(check: string, message: string, advice: string): Finding {
  return { check, status: 'failure', message, advice };
}
