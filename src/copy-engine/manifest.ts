import type { KnownObject } from '../domain/copy-decision.js';

/** One object of a build, as its manifest knows it. */
export interface ManifestEntry extends KnownObject {
  /** Without the build's prefix. */
  readonly key: string;
  /**
   * When it was last written, in milliseconds, by the listing that it was learnt from. During the upload the same
   * content may be put again with other headers, which no ETag shows. (Stores tell whole seconds: what is put, learnt
   * and put again within one is not noticed.)
   */
  readonly modifiedAt?: number;
}

/**
 * What a build holds and what each object is served with, learnt once, in UTF-8 byte order of the keys. A complete one
 * never changes, for a build is immutable once it is uploaded.
 */
export interface Manifest {
  readonly objects: number;
  /** The sum of their sizes. */
  readonly bytes: number;
  /** The last key of each part that is read at once, so that a listing of the same keys can be split there. */
  readonly boundaries: readonly string[];
  /** The entries after a key (null: all), part by part; holds a few parts at a time however large the build is. */
  read(after: string | null): AsyncIterable<readonly ManifestEntry[]>;
}

/** Where manifests are kept: a port of the engine; the database is its adapter. */
export interface ManifestStore {
  /** The build's complete manifest; null while it is still to be learnt. */
  findComplete(buildId: number): Promise<Manifest | null>;
  /** The most that is known of a build, complete or not: what the next pass need not learn again. Null: nothing. */
  findNewest(buildId: number): Promise<Manifest | null>;
  /**
   * What a pass has stored that was cut short, or is under way; null where none has stored anything. Each entry was
   * true when it was learnt; how many there are in all is not known.
   */
  findDraft(buildId: number): Promise<Manifest | null>;
  /**
   * Begins another one; the build's others stay until it is finished.
   *
   * @param bucket - what is listed for it.
   * @throws {LtdError} `manifest_replaced` where the product has another bucket by now.
   */
  begin(buildId: number, bucket?: string): Promise<ManifestDraft>;
  /** Forgets all that is known of a build: it was found changed, and is learnt again. */
  forget(buildId: number): Promise<void>;
}

/**
 * A manifest in the making. Of several at once, each is whole by itself, and a complete one is never replaced by
 * another.
 */
export interface ManifestDraft {
  /** The next entries, in key order. */
  append(entries: readonly ManifestEntry[]): Promise<void>;
  /**
   * Ends it. Complete only where it has entries, and where every listing that it is made of was begun after `uploaded`
   * was committed.
   */
  finish(end: { readonly complete: boolean }): Promise<Manifest>;
}
