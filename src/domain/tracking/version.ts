/** The numbers of a version, most significant first; `bigint`, since a tag may hold more digits than a number can. */
export type Version = readonly bigint[];

/** Returns the digit groups of the first pattern that matches `ref`; undefined if none matches. */
export function parseVersion(ref: string | undefined, patterns: readonly RegExp[]): Version | undefined {
  if (ref === undefined) return undefined;
  for (const pattern of patterns) {
    const match = pattern.exec(ref);
    if (match !== null) return match.slice(1).map((digits) => BigInt(digits));
  }
  return undefined;
}

/**
 * Compares two versions number by number: negative if `one` comes first. A version comes before its own extensions.
 */
export function compareVersions(one: Version, other: Version): number {
  for (const [index, number] of one.entries()) {
    const opposite = other[index];
    if (opposite === undefined) return 1;
    if (number !== opposite) return number < opposite ? -1 : 1;
  }
  return one.length - other.length;
}
