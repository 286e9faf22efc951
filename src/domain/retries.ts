/** Pauses between the attempts of a step, in milliseconds: each is twice as long as the last. */
export interface RetryPauses {
  readonly initialInterval: number;
  readonly maximumInterval: number;
}

/** A retry policy as Temporal takes it. */
export interface LimitedRetries extends RetryPauses {
  readonly backoffCoefficient: 2;
  readonly maximumAttempts: number;
}

/** Milliseconds. */
const day = 24 * 3_600_000;

/**
 * Retries a step until the pauses between its attempts add up to 24 hours. The limit counts attempts: neither the time
 * that a step waits in its task queue nor the time that an operator pauses it counts.
 */
export function retriesForADay({ initialInterval, maximumInterval }: RetryPauses): LimitedRetries {
  let maximumAttempts = 1;
  let pause = initialInterval;
  for (let paused = 0; paused < day; maximumAttempts += 1) {
    paused += pause;
    pause = Math.min(2 * pause, maximumInterval);
  }
  return { initialInterval, maximumInterval, backoffCoefficient: 2, maximumAttempts };
}
