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
