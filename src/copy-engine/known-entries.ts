import { sameContent } from '../domain/copy-decision.js';
import { hasCode } from '../domain/errors.js';
import { compareKeys } from '../domain/object-keys.js';
import type { ListedObject } from '../integrations/object-store/object-store.js';
import { assertPrefix } from './copy-job.js';
import { listObjects } from './list.js';
import type { Manifest, ManifestEntry, ManifestStore } from './manifest.js';
import type { RecordingControl, RecordingDeps, RecordingJob } from './recording-job.js';

/**
 * What is known of a build before a pass, read along with a listing: a few parts are held, however large it is. Where
 * no pass has ended yet it is what one that was killed has stored.
 */
export class KnownEntries {
  readonly #manifests: Pick<ManifestStore, 'findNewest' | 'findDraft'>;
  readonly #buildId: number;
  #manifest: Promise<Manifest | null> | null = null;
  #parts: AsyncIterator<readonly ManifestEntry[]> | null = null;
  #part: readonly ManifestEntry[] = [];
  #at = 0;
  /** The last key that was given out. */
  #after: string | null = null;
  #ended = false;

  constructor(manifests: Pick<ManifestStore, 'findNewest' | 'findDraft'>, buildId: number) {
    this.#manifests = manifests;
    this.#buildId = buildId;
  }

  /** The ends of its parts: where a listing of the build can be split. */
  async boundaries(): Promise<readonly string[]> {
    return (await this.#find())?.boundaries ?? [];
  }

  /** The entries from after the last call's key up to this one, by key. Keys have to ascend from call to call. */
  async through(lastKey: string): Promise<ReadonlyMap<string, ManifestEntry>> {
    const found = new Map<string, ManifestEntry>();
    for (;;) {
      for (; this.#at < this.#part.length; this.#at += 1) {
        const entry = this.#part[this.#at];
        if (entry === undefined || compareKeys(entry.key, lastKey) > 0) return found;
        found.set(entry.key, entry);
        this.#after = entry.key;
      }
      if (this.#ended) return found;
      await this.#fetchPart();
    }
  }

  /** Whether all was given out. */
  async isAtEnd(): Promise<boolean> {
    while (!this.#ended && this.#at >= this.#part.length) await this.#fetchPart();
    return this.#at >= this.#part.length;
  }

  async close(): Promise<void> {
    await this.#parts?.return?.();
  }

  async #fetchPart(): Promise<void> {
    const next = await this.#nextPart();
    this.#part = next.done === true ? [] : next.value;
    this.#at = 0;
    this.#ended = next.done === true;
  }

  async #nextPart(): Promise<IteratorResult<readonly ManifestEntry[], unknown>> {
    for (;;) {
      this.#parts ??= await this.#read();
      try {
        return await this.#parts.next();
      } catch (error) {
        // Somebody else learnt more meanwhile: what they know is as good.
        if (!hasCode(error, 'manifest_replaced')) throw error;
        this.#parts = null;
        this.#manifest = null;
      }
    }
  }

  async #find(): Promise<Manifest | null> {
    this.#manifest ??= this.#look();
    return this.#manifest;
  }

  async #look(): Promise<Manifest | null> {
    const newest = await this.#manifests.findNewest(this.#buildId);
    return newest ?? (await this.#manifests.findDraft(this.#buildId));
  }

  async #read(): Promise<AsyncIterator<readonly ManifestEntry[]>> {
    const manifest = await this.#find();
    return (manifest?.read(this.#after) ?? nothing())[Symbol.asyncIterator]();
  }
}

async function* nothing(): AsyncGenerator<readonly ManifestEntry[], void, undefined> {
  // Nothing is known.
}

/**
 * Whether a listed object is the one that was learnt, so that its headers are known: the same content, and not written
 * again since.
 */
export function isKnown(object: ListedObject, entry: ManifestEntry | undefined): entry is ManifestEntry {
  return entry !== undefined && sameContent(object, entry) && object.modifiedAt === entry.modifiedAt;
}

/** Whether a listing shows just what is known of a build: then there is nothing to learn. Listings only. */
export async function isAsKnown(
  { store, manifests }: RecordingDeps,
  { buildId, bucket, prefix }: Pick<RecordingJob, 'buildId' | 'bucket' | 'prefix'>,
  { signal }: Pick<RecordingControl, 'signal'>,
): Promise<boolean> {
  assertPrefix(prefix);
  const gate = (): void => {
    signal.throwIfAborted();
  };
  const known = new KnownEntries(manifests, buildId);
  try {
    for await (const page of listObjects(store, { bucket, prefix, gate })) {
      const last = page.at(-1);
      if (last === undefined) continue;
      const entries = await known.through(last.key);
      if (entries.size !== page.length) return false;
      if (!page.every((object) => isKnown(object, entries.get(object.key)))) return false;
    }
    return await known.isAtEnd();
  } finally {
    await known.close();
  }
}
