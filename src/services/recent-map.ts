/** A map with a maximum size: when it is full, `set` drops the entry that was set longest ago. */
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

  /** Sets an entry; undefined removes it. */
  set(key: string, value: Value | undefined): void {
    // Delete first, so that a repeated key becomes the newest.
    this.#entries.delete(key);
    if (value === undefined) return;
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= this.#capacity && oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, value);
  }
}
