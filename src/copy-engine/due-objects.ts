import type { ManifestEntry } from './manifest.js';

/** An object that a later pass has to copy. */
export interface DueObject {
  readonly entry: ManifestEntry;
  /** Objects of the same pass, between the one before and this one, that are right as they are. */
  readonly unchangedBefore: number;
}

/**
 * What the first pass found for a later one to do, so that the destination is not listed again for it. Holds a limited
 * number: what is due beyond is found by listing from there on.
 */
export class DueObjects {
  readonly #limit: number;
  readonly #objects: DueObject[] = [];
  #unchanged = 0;
  #isFull = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** In key order. */
  get objects(): readonly DueObject[] {
    return this.#objects;
  }

  /** Objects after the last due one that are right as they are. */
  get unchangedAfter(): number {
    return this.#isFull ? 0 : this.#unchanged;
  }

  /** The key up to which all is noted; null when everything is. */
  get notedUpTo(): string | null {
    return this.#isFull ? (this.#objects.at(-1)?.entry.key ?? null) : null;
  }

  noteDue(entry: ManifestEntry): void {
    this.#isFull ||= this.#objects.length >= this.#limit;
    if (this.#isFull) return;
    this.#objects.push({ entry, unchangedBefore: this.#unchanged });
    this.#unchanged = 0;
  }

  noteUnchanged(): void {
    this.#unchanged += 1;
  }
}
