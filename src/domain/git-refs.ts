/** Whether two lists hold the same git refs in the same order. LTD Keeper 1.x compares them so. */
export function sameGitRefs(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((ref, index) => ref === other[index]);
}
