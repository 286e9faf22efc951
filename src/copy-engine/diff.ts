import { compareContent, type CopiedEtag, type EtagComparison } from '../domain/copy-decision.js';
import { compareKeys } from '../domain/object-keys.js';
import type { ListedObject } from '../integrations/object-store/object-store.js';
import type { ManifestEntry } from './manifest.js';
import { type SortedPages, SortedReader } from './sorted-reader.js';

/** A key (without prefix) of the build, of the destination or of both. */
export type DiffEntry =
  | {
      readonly key: string;
      readonly source: ManifestEntry;
      readonly destination: ListedObject;
      /** How the destination's content compares with the build's. */
      readonly content: EtagComparison;
    }
  | { readonly key: string; readonly source: ManifestEntry; readonly destination: undefined }
  | { readonly key: string; readonly source: undefined; readonly destination: ListedObject };

/** What is merged; all keys without their prefixes. */
export interface DiffStreams {
  readonly source: SortedPages<ManifestEntry>;
  readonly destination: SortedPages<ListedObject>;
  /** What earlier copies to the destination were answered. */
  readonly copied: SortedPages<CopiedEtag>;
}

/** The most entries that are given at once. */
const batchSize = 1_000;

/**
 * Merges what a build holds and what its destination holds into one run of entries in key order, given in batches.
 * Holds a page of each, however long they are. Whoever stops reading early waits until all streams are closed.
 */
export async function* diffBuild(streams: DiffStreams): AsyncGenerator<readonly DiffEntry[], void, undefined> {
  const source = new SortedReader(streams.source);
  const destination = new SortedReader(streams.destination);
  const copied = new SortedReader(streams.copied);
  try {
    for (;;) {
      // Together, so that their first pages are on their way at the same time.
      await allOf([source, destination].filter(({ isReady }) => !isReady).map((reader) => reader.advance()));
      if (source.current === undefined && destination.current === undefined) return;
      const batch: DiffEntry[] = [];
      while (source.isReady && destination.isReady && batch.length < batchSize) {
        const entry = nextEntry(source.current, destination.current);
        if (entry === null) break;
        if (entry.source !== undefined) source.step();
        if (entry.destination !== undefined) destination.step();
        batch.push('content' in entry && entry.content !== 'same' ? await lookUp(copied, entry) : entry);
      }
      yield batch;
    }
  } finally {
    await Promise.allSettled([source.close(), destination.close(), copied.close()]);
  }
}

type Pair = Extract<DiffEntry, { readonly content: EtagComparison }>;

/** Compares once more, with what the last copy to this key was answered. */
async function lookUp(copied: SortedReader<CopiedEtag>, entry: Pair): Promise<Pair> {
  await copied.seek(entry.key);
  const content = compareContent(entry.source, entry.destination, copied.at(entry.key));
  return { ...entry, content };
}

function nextEntry(source: ManifestEntry | undefined, destination: ListedObject | undefined): DiffEntry | null {
  if (source === undefined) return destination === undefined ? null : { key: destination.key, source, destination };
  if (destination === undefined) return { key: source.key, source, destination };
  const order = compareKeys(source.key, destination.key);
  if (order > 0) return { key: destination.key, source: undefined, destination };
  if (order < 0) return { key: source.key, source, destination: undefined };
  return { key: source.key, source, destination, content: compareContent(source, destination) };
}

/** Waits for all, then throws what the first of them threw: nothing is left running behind the caller's back. */
export async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(promises)) if (outcome.status === 'rejected') throw outcome.reason;
}
