/** How many failures are taken before more are held up, and how fast they are forgiven. */
export interface FailureBudget {
  /** This many at once. */
  readonly failures: number;
  /** Milliseconds in which one is forgiven. */
  readonly forgiveness: number;
}

/**
 * What is known of one name or address: when the last of its failures is forgiven, in milliseconds. One number stands
 * for all of them (the generic cell rate algorithm of ITU-T I.371), and none is needed once that time has passed.
 */
export type ForgivenAt = number;

/**
 * After one failure more. At most twice as many as the budget are held against anybody: who sent a hundred at once by
 * mistake need not wait for a hundred times as long.
 */
export function afterFailure(known: ForgivenAt | undefined, now: number, budget: FailureBudget): ForgivenAt {
  const longest = now + 2 * budget.failures * budget.forgiveness;
  return Math.min(Math.max(known ?? now, now) + budget.forgiveness, longest);
}

/** Milliseconds until another attempt is within the budget; 0 where it is now. */
export function waitFor(known: ForgivenAt | undefined, now: number, budget: FailureBudget): number {
  return Math.max(0, (known ?? now) - now - (budget.failures - 1) * budget.forgiveness);
}
