/*
 * The times of writer leases and heartbeats, in milliseconds. They depend on each other: do not change one alone.
 *
 * After `kill -9` of a worker during a copy, the edition must be complete again within 20 s. Two waits run in parallel:
 *
 * - The lease. A writer sends only within `lease` of its last successful check, and each request ends within
 * `maxWrite`.
 *   So the next writer may start `lease + maxWrite` = 12 s after the last stamp. This leaves 8 s for the copy.
 * - The heartbeat. Temporal ends the attempt `heartbeatTimeout` = 8 s after the last heartbeat and starts the next one
 *   1 s later. This is before the lease expires, so the heartbeat adds no time.
 *
 * Lower limits:
 *
 * - `maxWrite`: a copy of `LTD_MULTIPART_COPY_THRESHOLD` (64 MiB) needs a store that copies 10 MiB a second.
 * - `lease`: the attempt survives a stall of the database or process of up to `lease - checkInterval` = 4 s. Each check
 *   costs one UPDATE by key.
 * - `heartbeatTimeout`: a process, or its connection to Temporal, may stall for
 *   `heartbeatTimeout - heartbeatInterval` = 6 s.
 *
 * A longer stall costs a retried attempt, never a wrong write.
 */

/** The times of a writer lease, in milliseconds. */
export interface WriterTiming {
  /** How long a writer may write after a successful check, by the monotonic clock. */
  readonly lease: number;
  /** How often the writer checks and stamps the row. */
  readonly checkInterval: number;
  /** The timeout of a write request to the store. */
  readonly maxWrite: number;
}

/** The times of every writer. */
export const writerTiming: WriterTiming = { lease: 5_000, checkInterval: 1_000, maxWrite: 7_000 };

/** Temporal ends an attempt without a heartbeat for this long. */
export const heartbeatTimeout = 8_000;

/** How often a running attempt sends a heartbeat; also the longest delay of a cancellation. */
export const heartbeatInterval = 2_000;

/**
 * The worker aborts an attempt that makes no progress for this long. It exceeds the longest single request: a statement
 * (30 s) after a wait for a connection and a row lock.
 */
export const maxStandstill = 120_000;

/** Pauses between the attempts of a step, in milliseconds; each doubles the last. */
interface RetryPauses {
  readonly initialInterval: number;
  readonly maximumInterval: number;
}

/** A retry policy in Temporal's form. */
interface LimitedRetries extends RetryPauses {
  readonly backoffCoefficient: 2;
  readonly maximumAttempts: number;
}

/** Milliseconds. */
const day = 24 * 3_600_000;

/**
 * Returns a policy whose pauses add up to 24 hours. It limits attempts instead of time, so time in the task queue or
 * paused by an operator does not count.
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

/** The first pause between recordings while objects arrive, in milliseconds. */
export const shortestPause = 5_000;

/** The pause, in milliseconds, once no objects arrive: a build without an upload must cost almost nothing. */
export const maxPause = 5 * 60_000;

/**
 * Returns the pause before the next recording of a build during its upload. It doubles while no objects arrive and is
 * short once they do, but at least twice the duration of the last pass, which limits the load of large builds.
 */
export function nextPause(pass: {
  readonly previous: number;
  readonly changed: boolean;
  /** The duration of the last pass. */
  readonly took: number;
}): number {
  const wanted = pass.changed ? Math.max(shortestPause, 2 * pass.took) : 2 * pass.previous;
  return Math.min(maxPause, Math.max(shortestPause, wanted));
}
