import type { Operation } from './operation.js';

/** Requests per second that each operation may have; one that is left out has no limit. */
export type RateLimits = Partial<Record<Operation, number>>;

/** Counts requests against {@link RateLimits}: a bucket of tokens per operation, full at first, that holds one second's worth. */
export type RateLimiter = {
  /** Takes a token. `false`: the request is above the limit. */
  readonly admit: (operation: Operation) => boolean;
  readonly setLimits: (limits: RateLimits) => void;
  readonly limits: () => RateLimits;
};

/** Creates a limiter. `now` is a clock in milliseconds that only runs forward. */
export function createRateLimiter(now: () => number): RateLimiter {
  let limits: RateLimits = {};
  const tokens = new Map<Operation, { left: number; at: number }>();
  return {
    limits: () => limits,
    setLimits: (changed) => {
      limits = { ...changed };
      tokens.clear();
    },
    admit: (operation) => {
      const perSecond = limits[operation];
      if (perSecond === undefined) return true;
      const at = now();
      const state = tokens.get(operation) ?? { left: perSecond, at };
      const left = Math.min(perSecond, state.left + ((at - state.at) / 1000) * perSecond);
      const isAdmitted = left >= 1;
      tokens.set(operation, { left: isAdmitted ? left - 1 : left, at });
      return isAdmitted;
    },
  };
}
