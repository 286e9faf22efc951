import type { FaultInjector } from './fault-injector.js';
import type { RateLimiter, RateLimits } from './rate-limiter.js';
import type { LogEntry, RequestLog } from './request-log.js';
import type { StoreStats } from './request-log.js';

/** The handle that tests hold: makes a store slow, wrong or late, and tells what it was asked. */
export type StoreFaults = Omit<FaultInjector, 'plan'> & {
  /** Milliseconds that every request waits first. */
  readonly latencyMs: () => number;
  readonly setLatency: (latencyMs: number) => void;
  /** Milliseconds by which the store's clock is ahead of its real one. */
  readonly clockOffsetMs: () => number;
  readonly setClockOffset: (offsetMs: number) => void;
  readonly rateLimits: () => RateLimits;
  /** Requests per second for each operation or class named; more get 503 SlowDown. Replaces what was set before. */
  readonly setRateLimits: (limits: RateLimits) => void;
  readonly stats: () => StoreStats;
  readonly resetStats: () => void;
  /** Answered requests after the given place in the log (0: all that it keeps), in the order of their answers. */
  readonly log: (since?: number) => LogEntry[];
  /** No rules, latency, clock offset or rate limits. Counts and log stay. */
  readonly reset: () => void;
};

/** The settings that the handle changes while the store runs. */
export type LiveSettings = { latencyMs: number; clockOffsetMs: number };

/** Creates the handle over the parts of a running store. */
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
