import type { Operation } from './operation.js';

/** S3 counts requests that read and those that write apart: at least 5,500 and 3,500 a second for a prefix. */
export const OPERATION_CLASSES = ['reads', 'writes'] as const;

/** One of {@link OPERATION_CLASSES}. */
export type OperationClass = (typeof OPERATION_CLASSES)[number];

/** Requests per second that an operation, or all of a class together, may have; one that is left out has no limit. */
export type RateLimits = Partial<Record<Operation | OperationClass, number>>;

/**
 * Counts requests against {@link RateLimits}: a bucket of tokens per limit, full at first, that holds one second's
 * worth.
 */
export type RateLimiter = {
  /** Takes a token of each limit that the operation has. `false`: the request is above one, and takes none. */
  readonly admit: (operation: Operation) => boolean;
  readonly setLimits: (limits: RateLimits) => void;
  readonly limits: () => RateLimits;
};

type Bucket = { readonly perSecond: number; left: number; at: number };

/** Creates a limiter. `now` is a clock in milliseconds that only runs forward. */
export function createRateLimiter(now: () => number): RateLimiter {
  let limits: RateLimits = {};
  const buckets = new Map<Operation | OperationClass, Bucket>();
  const bucketOf = (name: Operation | OperationClass): Bucket | undefined => {
    const perSecond = limits[name];
    if (perSecond === undefined) return undefined;
    const bucket = buckets.get(name) ?? { perSecond, left: perSecond, at: now() };
    buckets.set(name, bucket);
    return bucket;
  };
  return {
    limits: () => limits,
    setLimits: (changed) => {
      limits = { ...changed };
      buckets.clear();
    },
    admit: (operation) => {
      const asked = [bucketOf(operation), bucketOf(classOf(operation))].filter((bucket) => bucket !== undefined);
      for (const bucket of asked) refill(bucket, now());
      if (asked.some(({ left }) => left < 1)) return false;
      for (const bucket of asked) bucket.left -= 1;
      return true;
    },
  };
}

function refill(bucket: Bucket, at: number): void {
  const earned = ((at - bucket.at) / 1000) * bucket.perSecond;
  bucket.left = Math.min(bucket.perSecond, bucket.left + earned);
  bucket.at = at;
}

function classOf(operation: Operation): OperationClass {
  return /^(Get|Head|List)/.test(operation) ? 'reads' : 'writes';
}
