import type { KnownObject } from '../domain/copy-decision.js';
import { LtdError } from '../domain/errors.js';
import { type ObjectHeaders, sameHeaders } from '../domain/object-headers.js';
import type { ListedObject } from '../integrations/object-store/object-store.js';
import { isKnown, KnownEntries } from './known-entries.js';
import { listInParallel } from './list-in-parallel.js';
import type { ManifestEntry } from './manifest.js';
import { OrderedWindow } from './ordered-window.js';
import { Pool } from './pool.js';
import type { ManifestCounts, RecordingControl, RecordingDeps, RecordingJob } from './recording-job.js';

/** The most entries that are asked for or wait to be read: a few pages of a listing. */
const maxWindow = 4_000;

/** One pass over a build: begins at once, and goes on beside whoever takes what it learns. */
export class RecordingPass {
  readonly #deps: RecordingDeps;
  readonly #job: RecordingJob;
  readonly #control: RecordingControl;
  readonly #window = new OrderedWindow<ManifestEntry>(maxWindow);
  readonly #pool: Pool;
  readonly #known: KnownEntries;
  readonly #headers = new SharedHeaders();
  readonly #listing: Promise<void>;
  readonly #counts = { objects: 0, bytes: 0, asked: 0 };

  constructor(deps: RecordingDeps, job: RecordingJob, control: RecordingControl) {
    this.#deps = deps;
    this.#job = job;
    this.#control = control;
    this.#pool = new Pool({ concurrency: job.concurrency, signal: control.signal });
    this.#known = new KnownEntries(deps.manifests, job.buildId);
    this.#listing = this.#list();
  }

  /** Of what was taken. */
  get counts(): ManifestCounts {
    return this.#counts;
  }

  /** The next entries, in order; null after the last. Throws what stopped the pass. */
  async take(): Promise<readonly ManifestEntry[] | null> {
    const entries = await this.#window.take();
    if (entries === null) return null;
    this.#counts.objects += entries.length;
    for (const { size } of entries) this.#counts.bytes += size;
    this.#control.onProgress?.(this.#counts);
    return entries;
  }

  /** Stops where it has not ended, and resolves when nothing is under way any more. Never throws. */
  async close(): Promise<void> {
    this.#window.fail(new Error('nobody reads on'));
    await this.#listing;
    await this.#pool.drain();
    await this.#known.close();
  }

  /** Never rejects: what goes wrong is thrown where entries are taken. */
  async #list(): Promise<void> {
    const { bucket, prefix } = this.#job;
    try {
      // What is known was learnt from this very prefix: by its parts the rest of the upload is listed several at a
      // time.
      const splits = (await this.#known.boundaries()).slice(0, -1);
      const listing = { bucket, prefix, gate: this.#gate, isExpected: true };
      for await (const page of listInParallel(this.#deps.store, listing, splits)) await this.#takePage(page);
      this.#window.end();
    } catch (error) {
      this.#window.fail(error);
    }
  }

  async #takePage(page: readonly ListedObject[]): Promise<void> {
    const last = page.at(-1);
    if (last === undefined) return;
    const known = await this.#known.through(last.key);
    for (const object of page) {
      if (this.#window.isFull) await this.#window.untilRoom();
      const fill = this.#window.open();
      const entry = known.get(object.key);
      if (isKnown(object, entry)) {
        fill(entry);
        continue;
      }
      if (this.#pool.isFull) await this.#pool.untilRoom();
      this.#pool.begin(() => this.#ask(object, fill));
    }
  }

  async #ask({ key, modifiedAt }: ListedObject, fill: (entry: ManifestEntry | null) => void): Promise<void> {
    const { bucket, prefix, complete } = this.#job;
    try {
      const found = await this.#deps.store.head({ bucket, key: prefix + key, gate: this.#gate });
      if (found === null && complete) throw vanished(prefix + key);
      // What the HEAD says goes together; the listing may be older, and then the next pass asks again.
      fill(found && this.#entryOf(key, found, modifiedAt));
      this.#counts.asked += 1;
      this.#control.onProgress?.(this.#counts);
    } catch (error) {
      // The reader may be waiting for just this object.
      this.#window.fail(error);
      throw error;
    }
  }

  readonly #gate = (): void => {
    this.#pool.assertOpen();
    this.#window.assertOpen();
  };

  #entryOf(key: string, { etag, size, headers }: KnownObject, modifiedAt: number): ManifestEntry {
    return { key, etag, size, headers: this.#headers.share(headers), modifiedAt };
  }
}

function vanished(key: string): LtdError {
  return new LtdError('source_changed', `"${key}" vanished while the build was being learnt: it is tried again`);
}

/** How many sets are remembered: most sites have a few, one for each type of file; others have one for each file. */
const maxRemembered = 16;

/** Gives equal headers of many objects as one object, so that whatever is made of them is made once. */
export class SharedHeaders {
  readonly #sets: ObjectHeaders[] = [];
  #oldest = 0;

  /** The headers, or the same that came before. */
  share(headers: ObjectHeaders): ObjectHeaders {
    for (const known of this.#sets) if (sameHeaders(known, headers)) return known;
    this.#sets[this.#oldest] = headers;
    this.#oldest = (this.#oldest + 1) % maxRemembered;
    return headers;
  }
}
