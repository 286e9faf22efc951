import { isWrittenAs } from '../domain/copy-decision.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import { SortedReader } from './sorted-reader.js';

/**
 * The builds that may have written what a destination holds, under the same policy for headers as now; the prefix holds
 * nothing that none of them wrote. Null where that is not known: then everything is copied.
 */
export interface KnownBuilds {
  /** Whether the build that is copied is one of them. */
  readonly hasTarget: boolean;
  /** The others. */
  readonly others: readonly Manifest[];
  /** Whether one of them was published here whole, with its directory redirect. */
  readonly isPublished: boolean;
}

/** Tells of objects with the right content, asked in key order, whether their headers are right too. */
export class HeaderKnowledge {
  readonly #known: KnownBuilds | null;
  readonly #others: readonly SortedReader<ManifestEntry>[];

  /** @param after - nothing is asked about keys up to this one. */
  constructor(known: KnownBuilds | null, after: string | null) {
    this.#known = known;
    this.#others = (known?.others ?? []).map((manifest) => new SortedReader(manifest.read(after)));
  }

  /** Whether the destination shows an object of the build with the headers that it should have. */
  isRight(source: ManifestEntry): boolean | Promise<boolean> {
    if (this.#known === null) return false;
    for (const reader of this.#others) {
      const wait = reader.seek(source.key);
      if (wait !== undefined) return wait.then(() => this.isRight(source));
    }
    const written = this.#others.flatMap((reader) => reader.at(source.key) ?? []);
    return isWrittenAs(source, this.#known.hasTarget ? [source, ...written] : written);
  }

  /** Nothing is read any more afterwards. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#others.map((reader) => reader.close()));
  }
}
