/** The marks that the database gave out for a bucket. By them one sees whether the two are of the same time. */
export interface GivenMarks {
  /** Those that the bucket may hold, the oldest first. */
  readonly tokens: readonly string[];
  /** Whether the bucket was ever seen to hold one. A bucket that cannot be written never is. */
  readonly seen: boolean;
}

/** Of a bucket that was never given a mark. */
export const noMarks: GivenMarks = { tokens: [], seen: false };

/**
 * Whether bucket and database are in step. They are not where one of them was restored from an older copy, or where
 * another installation marks the same bucket: then the bucket holds a mark that this database never gave out, or has
 * forgotten, or it has lost the one that it held.
 *
 * @param found - The mark in the bucket; null where it has none.
 */
export function isInStep({ tokens, seen }: GivenMarks, found: string | null): boolean {
  return found === null ? !seen : tokens.includes(found);
}

/** Marks that may still be on their way: a pass ends within two minutes, and then its requests within seconds. */
const maxUnderWay = 2;

/** The marks that a bucket may hold after it was seen to hold `found`: that one, and those that may come late. */
export function marksAfter({ tokens }: GivenMarks, found: string | null): GivenMarks {
  const underWay = new Set(tokens.filter((token) => token !== found).slice(-maxUnderWay));
  const known = found === null || tokens.includes(found) ? tokens : [found, ...tokens];
  return { tokens: known.filter((token) => token === found || underWay.has(token)), seen: found !== null };
}

/** Whether the last three marks did not arrive in the bucket: it can be read and not written. */
export function isUnwritten({ tokens }: GivenMarks, found: string | null): boolean {
  const newer = found === null ? tokens.length : tokens.length - 1 - tokens.indexOf(found);
  return newer > maxUnderWay;
}
