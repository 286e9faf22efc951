import { LtdError } from '../domain/errors.js';
import type { ObjectAcl } from '../domain/object-acl.js';
import type { ObjectStore } from '../integrations/object-store/object-store.js';
import type { CopiedEtags } from './copied-etags.js';
import type { KnownBuilds } from './header-knowledge.js';
import type { Manifest, ManifestEntry } from './manifest.js';
import type { CopyProgress } from './progress.js';

/** What the copy engine works with. */
export interface CopyDeps {
  readonly store: ObjectStore;
  /** Of the edition. */
  readonly etags: CopiedEtags;
}

/** A build's prefix and the edition's prefix that is to show it, in one bucket. Both end in `/`. */
export interface PrefixPair {
  readonly bucket: string;
  readonly sourcePrefix: string;
  readonly destinationPrefix: string;
}

/** How much is kept in memory of what a listing showed. */
export interface NoteLimit {
  /**
   * Objects noted for each later step, a few megabytes; for what is beyond, the destination is listed again. @default
   * 20000
   */
  readonly maxNoted?: number;
}

/** How much is noted unless told otherwise. */
export const defaultMostNoted = 20_000;

/** What to copy, and how. */
export interface CopyJob extends PrefixPair, NoteLimit {
  readonly build: BuildSource;
  /** What may have been written to the destination before. */
  readonly known: KnownBuilds | null;
  /** The edition's. */
  readonly surrogateKey: string;
  /** Null writes no ACL. */
  readonly acl: ObjectAcl | null;
  /** Copies that may be open at a time; how many of them are sent is for the store to know. */
  readonly concurrency: number;
  /**
   * Whether an empty object at the prefix without its slash redirects to it; off for stores that keep objects as files.
   */
  readonly directoryRedirects: boolean;
}

/** How a piece of work that changes the bucket is stopped. */
export interface WriteControl {
  /**
   * When it aborts nothing more is sent, what is on its way is waited for (`writerTiming.maxWrite` at most), and the
   * reason is thrown.
   */
  readonly signal: AbortSignal;
  /**
   * Called immediately before each attempt of each write and delete is sent; throws when whoever writes may not do so
   * any more. What it throws ends the work, in the same way.
   */
  mayWrite(): void;
}

/** How a copy is stopped, resumed and watched. */
export interface CopyControl extends WriteControl {
  /** Counts from where an earlier attempt at the same job had got to; may be looked at at any time. */
  readonly progress: CopyProgress;
  /**
   * Called, and waited for, before the first write where nothing at all is at the destination: from here on everything
   * there is known.
   */
  onEmptyDestination?(): Promise<void>;
}

/**
 * @throws {TypeError} when a prefix does not end in `/` or the two overlap: a mistake of the caller, nothing was done.
 */
export function assertPrefixes({ sourcePrefix, destinationPrefix }: PrefixPair): void {
  assertPrefix(sourcePrefix);
  assertPrefix(destinationPrefix);
  if (sourcePrefix.startsWith(destinationPrefix) || destinationPrefix.startsWith(sourcePrefix)) {
    throw new TypeError(`"${sourcePrefix}" and "${destinationPrefix}" must not contain each other`);
  }
}

/** @throws {TypeError} when the prefix does not end in `/`: `v1` would also mean `v10`. */
export function assertPrefix(prefix: string): void {
  if (!/[^/]\/$/.test(prefix)) throw new TypeError(`The prefix "${prefix}" must end in one slash`);
}

/** Where the engine takes a build from: its manifest, or a pass that learns it. */
export interface BuildSource {
  /** The build's complete manifest; null while it is still to be learnt. */
  findManifest(): Promise<Manifest | null>;
  /**
   * Recording the build: gives its entries in key order as they become known, and has a complete manifest to find once
   * it ends. Nothing is on its way when it ends or is left early.
   *
   * @throws {LtdError} `build_empty`, `source_changed`, and whatever the store could not do.
   */
  learn(signal: AbortSignal): AsyncIterable<readonly ManifestEntry[]>;
}

/** The manifest that a learning pass has just made. @throws {LtdError} `manifest_replaced` when it is gone again. */
export async function recordedManifest(build: BuildSource): Promise<Manifest> {
  const manifest = await build.findManifest();
  if (manifest !== null) return manifest;
  throw new LtdError(
    'manifest_replaced',
    'The manifest of the build was forgotten while it was copied: it is learnt again.',
  );
}

/** The error of a build that has no objects. */
export function emptyBuild({ bucket, prefix }: { readonly bucket: string; readonly prefix: string }): LtdError {
  return new LtdError(
    'build_empty',
    `The build has no objects: nothing was uploaded under "${prefix}" in bucket "${bucket}"`,
  );
}
