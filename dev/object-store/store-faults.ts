import type { FaultInjector } from './fault-injector.js';
import type { RateLimiter, RateLimits } from './rate-limiter.js';
import type { LogEntry, RequestLog } from './request-log.js';
import type { StoreStats } from './request-log.js';

/** Makes a running store slow or wrong, and returns its counts and its log. For tests. */
export type StoreFaults = Omit<FaultInjector, 'plan'> & {
  /** Milliseconds that every request waits first. */
  readonly latencyMs: () => number;
  readonly setLatency: (latencyMs: number) => void;
  /** Milliseconds by which the store's clock is ahead of its real one. */
  readonly clockOffsetMs: () => number;
  readonly setClockOffset: (offsetMs: number) => void;
  readonly rateLimits: () => RateLimits;
  /**
   * Sets the requests per second of operations and classes; further requests get 503 SlowDown. Replaces earlier limits.
   */
  readonly setRateLimits: (limits: RateLimits) => void;
  readonly stats: () => StoreStats;
  readonly resetStats: () => void;
  /** The kept entries above `since`, in the order of their answers. */
  readonly log: (since?: number) => LogEntry[];
  /** Clears rules, latency, clock offset and rate limits. Keeps counts and log. */
  readonly reset: () => void;
};

/** The settings that tests change while the store runs. */
export type LiveSettings = { latencyMs: number; clockOffsetMs: number };

export function createStoreFaults(parts: {
  injector: FaultInjector;
  limiter: RateLimiter;
  log: RequestLog;
  settings: LiveSettings;
}): StoreFaults {
  const { injector, limiter, log, settings } = parts;
  return {
    rules: injector.rules,
    addRule: injector.addRule,
    removeRule: injector.removeRule,
    clearRules: injector.clearRules,
    latencyMs: () => settings.latencyMs,
    setLatency: (latencyMs) => {
      settings.latencyMs = latencyMs;
    },
    clockOffsetMs: () => settings.clockOffsetMs,
    setClockOffset: (offsetMs) => {
      settings.clockOffsetMs = offsetMs;
    },
    rateLimits: limiter.limits,
    setRateLimits: limiter.setLimits,
    stats: log.stats,
    resetStats: log.resetStats,
    log: (since = 0) => log.entriesSince(since),
    reset: () => {
      injector.clearRules();
      limiter.setLimits({});
      settings.latencyMs = 0;
      settings.clockOffsetMs = 0;
    },
  };
}
