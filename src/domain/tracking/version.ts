/** The numbers of a version, the most significant first. Of any size: a tag may hold more digits than a number can. */
export type Version = readonly bigint[];

/** The version that the first matching pattern reads from a ref by its groups of digits; undefined where none matches. */
export function parseVersion(ref: string | undefined, patterns: readonly RegExp[]): Version | undefined {
  if (ref === undefined) return undefined;
  for (const pattern of patterns) {
    const match = pattern.exec(ref);
    if (match !== null) return match.slice(1).map((digits) => BigInt(digits));
  }
  return undefined;
}

/**
 * Below 0 when `one` comes before `other`, above 0 when it comes after, 0 when they are equal. Numbers are compared as
 * numbers; a version that begins another comes before it.
 */
export function compareVersions(one: Version, other: Version): number {
  for (const [index, number] of one.entries()) {
    const opposite = other[index];
    if (opposite === undefined) return 1;
    if (number !== opposite) return number < opposite ? -1 : 1;
  }
  return one.length - other.length;
}
