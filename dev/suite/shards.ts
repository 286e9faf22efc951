/** Splits test files over this many runs at once: neighbours, which take about as long as each other, go to different ones. */
export function shards(files: readonly string[], count: number): readonly (readonly string[])[] {
  const sorted = [...files].sort();
  const split = Array.from({ length: count }, (_, shard) => sorted.filter((_, at) => at % count === shard));
  return split.filter((shard) => shard.length > 0);
}
