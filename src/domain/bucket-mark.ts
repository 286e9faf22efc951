/** The marks that the database issued for a bucket. They show whether both have the same history. */
export interface GivenMarks {
  /** The marks that the bucket may hold, oldest first. */
  readonly tokens: readonly string[];
  /** Whether a mark was ever read from the bucket. False for a bucket that cannot be written. */
  readonly seen: boolean;
}

/** A bucket without marks. */
export const noMarks: GivenMarks = { tokens: [], seen: false };

/**
 * Returns false when the bucket or the database was restored from an older backup, or when another installation uses
 * the bucket. The bucket then holds a mark that the database does not list, or has lost its mark.
 *
 * @param found - The mark in the bucket; null if it has none.
 */
export function isInStep({ tokens, seen }: GivenMarks, found: string | null): boolean {
  return found === null ? !seen : tokens.includes(found);
}

/** How many written marks may not have arrived yet: a pass ends within two minutes, its requests seconds later. */
const maxUnderWay = 2;

/** The marks that a bucket may hold once `found` was read: `found`, and those that may still arrive. */
export function marksAfter({ tokens }: GivenMarks, found: string | null): GivenMarks {
  const underWay = new Set(tokens.filter((token) => token !== found).slice(-maxUnderWay));
  const known = found === null || tokens.includes(found) ? tokens : [found, ...tokens];
  return { tokens: known.filter((token) => token === found || underWay.has(token)), seen: found !== null };
}

/** Whether the last three marks did not arrive: the service can read the bucket and cannot write it. */
export function isUnwritten({ tokens }: GivenMarks, found: string | null): boolean {
  const newer = found === null ? tokens.length : tokens.length - 1 - tokens.indexOf(found);
  return newer > maxUnderWay;
}
