/** How many unknown keys the notices name; a body can hold 100,000. */
const maxKeys = 10;

/** Characters of an unknown key that a notice repeats. */
const maxLength = 60;

/**
 * Returns notices about unknown keys of a request body: each suggests the most similar known key, or lists all known
 * keys. Unknown keys are no error, since clients of LTD Keeper 1.x send them.
 */
export function ignoredKeys(sent: readonly string[], known: readonly string[]): readonly string[] {
  const unknown = sent.filter((key) => !known.includes(key));
  const named = unknown.slice(0, maxKeys).map((key) => ({ key: quote(key), nearest: nearest(key, known) }));
  const strangers = named.filter((one) => one.nearest === undefined).map((one) => one.key);
  const rest = unknown.length - named.length;
  if (rest > 0) strangers.push(`and ${rest} more`);
  return [
    ...named
      .filter((one) => one.nearest !== undefined)
      .map(({ key, nearest: near }) => `Ignored the unknown key ${key}: did you mean "${String(near)}"?`),
    ...(strangers.length === 0 ? [] : [strangersNotice(strangers, known)]),
  ];
}

function strangersNotice(keys: readonly string[], known: readonly string[]): string {
  const word = keys.length === 1 ? 'key' : 'keys';
  return `Ignored the unknown ${word} ${keys.join(', ')}. This request reads: ${known.join(', ')}.`;
}

function quote(key: string): string {
  return JSON.stringify(key.length > maxLength ? `${key.slice(0, maxLength)}...` : key);
}

/** Returns the most similar known key; undefined if none is close. */
function nearest(key: string, known: readonly string[]): string | undefined {
  if (key.length > maxLength) return undefined;
  const sent = key.toLowerCase();
  const [best] = known
    .map((name) => ({ name, edits: sent.length > 2 && name.startsWith(sent) ? 0 : distance(sent, name) }))
    .filter(({ name, edits }) => edits <= Math.max(2, Math.floor(name.length / 3)))
    .toSorted((one, other) => one.edits - other.edits);
  return best?.name;
}

/** Levenshtein distance: insertions, deletions and substitutions between two texts. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let at = 0; at < one.length; at += 1) {
    const next = [at + 1];
    for (let to = 0; to < other.length; to += 1) {
      const substituted = (row[to] ?? 0) + (one[at] === other[to] ? 0 : 1);
      next.push(Math.min(substituted, (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
