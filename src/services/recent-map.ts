/** A map that holds at most so many entries: where it is full, the one that was set longest ago makes room. */
export class RecentMap<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** Undefined takes the entry out. */
  set(key: string, value: Value | undefined): void {
    // Taken out first, so that a key that is set again is the youngest.
    this.#entries.delete(key);
    if (value === undefined) return;
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= this.#capacity && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, value);
  }
}
