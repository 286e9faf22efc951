/** Whether two lists of git refs are the same refs in the same order, which is how LTD Keeper compares them. */
export function sameGitRefs(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((ref, index) => ref === other[index]);
}
