/** Time, as the pace of requests needs it. */
export interface Clock {
  /** Milliseconds since 1970 that only run forward. */
  now(): number;
  /** Calls back after so many milliseconds, once. */
  later(delay: number, callback: () => void): void;
}

/** The process's own. */
export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  later: (delay, callback) => {
    setTimeout(callback, delay);
  },
};
