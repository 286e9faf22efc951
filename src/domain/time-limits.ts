/*
 * The times of the fence between writers and of heartbeats, in milliseconds. They are derived together: change none alone.
 *
 * After `kill -9` of a worker in mid-copy the edition must be whole again within 20 s. Two waits run side by side:
 *
 * - The fence. A writer sends only within `lease` of its last successful check, and what it sent arrives or fails within
 *   `maxWrite`. So its successor may write `lease + maxWrite` = 12 s after the writer's last stamp. That leaves
 *   8 s for what is still to be copied.
 * - The heartbeat. The server has heard of the attempt at most `heartbeatInterval` before the kill. It gives the attempt
 *   up `heartbeatTimeout` = 8 s later, and starts the next one 1 s after that: before the fence opens, so the
 *   heartbeat costs nothing.
 *
 * What each must not be shorter than:
 *
 * - `maxWrite`: a copy of `LTD_MULTIPART_COPY_THRESHOLD` (64 MiB) needs a store that copies 10 MiB a second.
 * - `lease`: a stall of the database or of the process ends the attempt only when it is longer than
 *   `lease - checkInterval` = 4 s. Checks cost one UPDATE by key each.
 * - `heartbeatTimeout`: a process, or its way to Temporal, may stall for `heartbeatTimeout - heartbeatInterval` = 6 s.
 *
 * A stall that is longer costs a retried attempt, never a wrong write.
 */

/** The times that the fence rests on, in milliseconds. */
export interface WriterTiming {
  /** How long a successful check permits to write, by the monotonic clock. */
  readonly lease: number;
  /** How often the row is checked and stamped. */
  readonly checkInterval: number;
  /** The longest that one request to the store can be under way: its timeout. */
  readonly maxWrite: number;
}

/** The times of every writer. */
export const writerTiming: WriterTiming = { lease: 5_000, checkInterval: 1_000, maxWrite: 7_000 };

/** An attempt that the server does not hear of for this long is given up. */
export const heartbeatTimeout = 8_000;

/** How often the server hears of an attempt that runs; also how late a cancellation can reach it. */
export const heartbeatInterval = 2_000;

/**
 * An attempt at which nothing moves for this long hangs: it is aborted. Every request to the store, the database or the
 * CDN has a shorter limit. Longer than the longest of them: a statement (30 s) after a wait for a connection and a row.
 */
export const maxStandstill = 120_000;

/** Pauses between the attempts of a step, in milliseconds: each is twice as long as the last. */
interface RetryPauses {
  readonly initialInterval: number;
  readonly maximumInterval: number;
}

/** A retry policy as Temporal takes it. */
interface LimitedRetries extends RetryPauses {
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

/** The pause while objects arrive, at first; milliseconds. */
export const shortestPause = 5_000;

/** The pause where nothing has come for long: builds that nobody uploads must cost next to nothing. Milliseconds. */
export const maxPause = 5 * 60_000;

/**
 * The pause before the next look at a build that is being uploaded: twice the last one while nothing comes, short again
 * once something does, but in proportion to what a look takes, so that large builds are not looked at all the time.
 */
export function nextPause(pass: {
  readonly previous: number;
  readonly changed: boolean;
  /** How long the look took. */
  readonly took: number;
}): number {
  const wanted = pass.changed ? Math.max(shortestPause, 2 * pass.took) : 2 * pass.previous;
  return Math.min(maxPause, Math.max(shortestPause, wanted));
}
