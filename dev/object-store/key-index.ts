/** The most keys of a leaf: small enough to shift cheaply, large enough to keep leaves few. */
const leafCapacity = 512;

/** As a suffix, sorts after every key with the text as its prefix: byte strings have no code unit above U+00FF. */
export const afterAllBytes = '\u0100';

/**
 * Returns the UTF-8 bytes of a key as one code unit each. `<` compares byte strings in S3's order; it compares plain
 * strings by UTF-16 code unit, which differs above U+FFFF.
 */
export function toByteString(key: string): string {
  // eslint-disable-next-line no-control-regex -- the whole ASCII range
  return /^[\u0000-\u007f]*$/.test(key) ? key : Buffer.from(key, 'utf8').toString('latin1');
}

/** The inverse of {@link toByteString}. */
export function fromByteString(bytes: string): string {
  // eslint-disable-next-line no-control-regex -- the whole ASCII range
  return /^[\u0000-\u007f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The position of the first entry for which `isBelow` is false. */
function lowerBound<T>(entries: readonly T[], isBelow: (entry: T) => boolean): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry !== undefined && isBelow(entry)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * A map that iterates its keys in UTF-8 byte order from any point: a hash map beside sorted leaves of at most 512 keys.
 * Reads take O(1); changes and seeks take O(log n) plus the shift of one leaf.
 */
export class KeyIndex<T> {
  readonly #values = new Map<string, T>();
  readonly #leaves: string[][] = [];

  get size(): number {
    return this.#values.size;
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  /** All values, in any order. */
  values(): IterableIterator<T> {
    return this.#values.values();
  }

  set(key: string, value: T): void {
    if (!this.#values.has(key)) this.#insert(toByteString(key));
    this.#values.set(key, value);
  }

  /** Deletes the key. Returns whether it existed. */
  delete(key: string): boolean {
    if (!this.#values.delete(key)) return false;
    const bytes = toByteString(key);
    const at = this.#leafOf(bytes);
    const leaf = this.#leaves[at] ?? [];
    leaf.splice(
      lowerBound(leaf, (entry) => entry < bytes),
      1,
    );
    if (leaf.length === 0) this.#leaves.splice(at, 1);
    return true;
  }

  /** Yields the keys from `bytes` on as byte strings; with `isExclusive`, those after it. */
  *from(bytes: string, isExclusive = false): Generator<string, void, undefined> {
    let at = this.#leafOf(bytes);
    let leaf = this.#leaves[at];
    let next = leaf === undefined ? 0 : lowerBound(leaf, (entry) => entry < bytes || (isExclusive && entry === bytes));
    while (leaf !== undefined) {
      for (let entry = leaf[next]; entry !== undefined; entry = leaf[next]) {
        yield entry;
        next += 1;
      }
      at += 1;
      leaf = this.#leaves[at];
      next = 0;
    }
  }

  /** The position of the last leaf that begins at or before `bytes`. */
  #leafOf(bytes: string): number {
    return Math.max(0, lowerBound(this.#leaves, (leaf) => (leaf[0] ?? '') <= bytes) - 1);
  }

  #insert(bytes: string): void {
    const at = this.#leafOf(bytes);
    const leaf = this.#leaves[at];
    if (leaf === undefined) {
      this.#leaves.push([bytes]);
      return;
    }
    leaf.splice(
      lowerBound(leaf, (entry) => entry < bytes),
      0,
      bytes,
    );
    if (leaf.length > leafCapacity) this.#leaves.splice(at + 1, 0, leaf.splice(leafCapacity / 2));
  }
}
