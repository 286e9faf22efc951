import type { CopiedEtag } from '../domain/copy-decision.js';
import type { SortedPages } from './sorted-reader.js';

/**
 * Stores the ETags of an edition's objects that differ from their sources': a port of the engine. At most one entry a
 * key. Few editions have any; one in a bucket with KMS keys has one for each object.
 */
export interface CopiedEtags {
  /** Those of the keys after one (null: all), in key order. */
  read(after: string | null): SortedPages<CopiedEtag>;
  /** Replaces the entries of these keys, which all differ. */
  remember(copied: readonly CopiedEtag[]): Promise<void>;
  /** The objects of these keys are gone. */
  forget(keys: readonly string[]): Promise<void>;
}

/** Entries that are written at once. */
const batchSize = 500;

/**
 * Collects the ETags of copies and writes them in batches, one batch at a time. An entry is kept until it is written.
 */
export class EtagRecorder {
  readonly #etags: CopiedEtags;
  readonly #waiting: CopiedEtag[] = [];
  #writing: Promise<void> = Promise.resolve();

  constructor(etags: CopiedEtags) {
    this.#etags = etags;
  }

  /** Takes an entry. Where a batch is full it resolves once that is written: copies go no faster than the database. */
  async note(copied: CopiedEtag): Promise<void> {
    this.#waiting.push(copied);
    if (this.#waiting.length >= batchSize) await this.#write(batchSize);
  }

  /** Writes all that is not written yet. */
  async flush(): Promise<void> {
    await this.#write(1);
  }

  /** Writes while at least so many wait. */
  #write(least: number): Promise<void> {
    const write = async (): Promise<void> => {
      while (this.#waiting.length >= least) {
        const batch = this.#waiting.slice(0, batchSize);
        await this.#etags.remember(batch);
        this.#waiting.splice(0, batch.length);
      }
    };
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }
}
