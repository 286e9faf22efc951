/** Keys a leaf may hold before it is split: small enough to shift cheaply, large enough to keep leaves few. */
const LEAF_CAPACITY = 512;

/** Sorts after every key that begins with the text before it: byte strings hold no code unit above U+00FF. */
export const AFTER_ALL_BYTES = '\u0100';

/**
 * The UTF-8 bytes of a key as one code unit each. JavaScript compares strings by UTF-16 code unit, which differs from
 * S3's byte order above U+FFFF; of two byte strings `<` is exactly the byte order.
 */
export function toByteString(key: string): string {
  // eslint-disable-next-line no-control-regex -- the whole ASCII range is meant
  return /^[\u0000-\u007f]*$/.test(key) ? key : Buffer.from(key, 'utf8').toString('latin1');
}

/** The inverse of {@link toByteString}. */
export function fromByteString(bytes: string): string {
  // eslint-disable-next-line no-control-regex -- the whole ASCII range is meant
  return /^[\u0000-\u007f]*$/.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
}

/** Position of the first entry that is not below `wanted`. */
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
 * A map whose keys can be read in UTF-8 byte order from any point: a hash map for look-ups beside sorted leaves of at
 * most 512 keys. Look-ups cost O(1), changes and seeks O(log n) plus the shift of one leaf, whatever the size.
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

  /** All values, in no promised order. */
  values(): IterableIterator<T> {
    return this.#values.values();
  }

  set(key: string, value: T): void {
    if (!this.#values.has(key)) this.#insert(toByteString(key));
    this.#values.set(key, value);
  }

  /** Removes the key; says whether it was there. */
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

  /**
   * The first key at or after `bytes` (a byte string), as a byte string; with `isExclusive`, the first one after it.
   */
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

  /** The leaf that holds `bytes`, or would: the last one that begins at or before it. */
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
    if (leaf.length > LEAF_CAPACITY) this.#leaves.splice(at + 1, 0, leaf.splice(LEAF_CAPACITY / 2));
  }
}
