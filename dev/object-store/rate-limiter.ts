import type { Operation } from './operation.js';

/** S3 counts reads and writes apart: it allows at least 5,500 and 3,500 a second for a prefix. */
export const operationClasses = ['reads', 'writes'] as const;

/** One of {@link operationClasses}. */
export type OperationClass = (typeof operationClasses)[number];

/** The most requests per second of an operation, or of a whole class. A missing one has no limit. */
export type RateLimits = Partial<Record<Operation | OperationClass, number>>;

/** Limits requests by {@link RateLimits}: one token bucket per limit, full at first, with one second's tokens. */
export type RateLimiter = {
  /** Takes a token of each limit of the operation. Returns `false`, and takes none, when one is exceeded. */
  readonly admit: (operation: Operation) => boolean;
  readonly setLimits: (limits: RateLimits) => void;
  readonly limits: () => RateLimits;
};

type Bucket = { readonly perSecond: number; left: number; at: number };

/** Creates a limiter. `now` is a monotonic clock in milliseconds. */
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
