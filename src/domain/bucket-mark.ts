/** What a bucket was last told: by it one sees whether bucket and database are of the same time. */
export interface BucketMark {
  /** The number of the pass of Reconcile that wrote it, for people. */
  readonly pass: number;
  /** Drawn at random for each pass; null where it is not known. */
  readonly token: string | null;
}

/** Of a bucket that does not tell. */
export const unknownMark: BucketMark = { pass: 0, token: null };

/**
 * Whether bucket and database are in step, as they are unless one of them was restored from an older copy: then the mark
 * that is found is one that the database never gave out, or has forgotten since.
 *
 * @param expected - The marks that the bucket may hold, by the database; null where it has given out none.
 * @param found - The mark in the bucket; null where it has none.
 */
export function isInStep(expected: readonly string[] | null, found: BucketMark | null): boolean {
  if (found === null) return expected === null;
  if (found.token === null) return true;
  return expected?.includes(found.token) ?? false;
}

/** Marks that may still be on their way: a pass ends within two minutes, and then its requests within seconds. */
const mostUnderWay = 2;

/**
 * The marks that a bucket may hold once `next` is sent to it, in the order in which they were given out: that may fail, or
 * come late.
 */
export function tokensAfter(
  expected: readonly string[] | null,
  found: BucketMark | null,
  next: string,
): readonly string[] {
  const given = expected ?? [];
  const seen = found?.token ?? null;
  const underWay = new Set(given.filter((token) => token !== seen).slice(-mostUnderWay));
  const known = seen === null || given.includes(seen) ? given : [seen, ...given];
  return [...known.filter((token) => token === seen || underWay.has(token)), next];
}
