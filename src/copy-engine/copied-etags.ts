import type { CopiedEtag } from '../domain/copy-decision.js';
import type { SortedPages } from './sorted-reader.js';

/**
 * Where it is remembered what the copies to an edition were answered, where that differs from their sources' ETags: a
 * port of the engine. At most one entry a key; few editions have any.
 */
export interface CopiedEtags {
  /** Those of the keys after one (null: all), in key order. */
  read(after: string | null): SortedPages<CopiedEtag>;
  /** Takes the place of what was remembered of these keys. */
  remember(copied: readonly CopiedEtag[]): Promise<void>;
  /** The objects of these keys are gone. */
  forget(keys: readonly string[]): Promise<void>;
}

/** Entries that are written at once. */
const batchSize = 500;

/** Collects what copies were answered, and writes it by and by. */
export class EtagRecorder {
  readonly #etags: CopiedEtags;
  #waiting: CopiedEtag[] = [];

  constructor(etags: CopiedEtags) {
    this.#etags = etags;
  }

  /** Whether it is time to {@link flush}. */
  get isFull(): boolean {
    return this.#waiting.length >= batchSize;
  }

  note(copied: CopiedEtag): void {
    this.#waiting.push(copied);
  }

  /** Writes what is not written yet. */
  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    await this.#etags.remember(waiting);
  }
}
