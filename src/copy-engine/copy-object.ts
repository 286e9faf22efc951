import { editionHeaders } from '../domain/edition-headers.js';
import { hasCode, LtdError } from '../domain/errors.js';
import type { ObjectHeaders } from '../domain/object-headers.js';
import type { ObjectStore } from '../integrations/object-store/object-store.js';
import type { EtagRecorder } from './copied-etags.js';
import type { CopyJob } from './copy-job.js';
import type { Run } from './copy-run.js';
import type { ManifestEntry } from './manifest.js';
import type { CopyProgress, Ticket } from './progress.js';

/** What an {@link ObjectCopier} works with. */
export interface ObjectCopierOptions {
  readonly store: ObjectStore;
  readonly job: CopyJob;
  readonly run: Run;
  readonly progress: CopyProgress;
  readonly etags: EtagRecorder;
}

/** Copies objects of a build to the edition, many at a time, and counts them. */
export class ObjectCopier {
  readonly #options: ObjectCopierOptions;
  /** By the headers of the build's object, which many objects share. */
  readonly #headers = new WeakMap<ObjectHeaders, ObjectHeaders>();

  constructor(options: ObjectCopierOptions) {
    this.#options = options;
  }

  /** Something to wait for where no copy may begin now, because of the pool or because so many are open. */
  roomIn(window: number): Promise<void> | undefined {
    const { run, progress } = this.#options;
    return run.pool.isFull || progress.openCopies >= window ? this.#untilRoomIn(window) : undefined;
  }

  /** Begins the copy of an object. The pool is told when it fails. */
  begin(entry: ManifestEntry): void {
    const { run, progress } = this.#options;
    const ticket = progress.begin(entry.key);
    run.pool.begin(() => this.#copy(entry, ticket));
  }

  async #untilRoomIn(window: number): Promise<void> {
    const { run, progress } = this.#options;
    while (run.pool.isFull || progress.openCopies >= window) {
      // After a failure the cursor may never move again.
      run.pool.assertOpen();
      await run.pool.nextSettled();
    }
  }

  async #copy(entry: ManifestEntry, ticket: Ticket): Promise<void> {
    const { store, job, run, progress, etags } = this.#options;
    const { key, etag, size } = entry;
    let copied: { readonly etag: string };
    try {
      copied = await store.copy({
        bucket: job.bucket,
        sourceKey: job.sourcePrefix + key,
        destinationKey: job.destinationPrefix + key,
        source: entry,
        headers: this.#headersOf(entry.headers),
        acl: job.acl,
        gate: run.writeGate,
      });
    } catch (error) {
      throw hasCode(error, 'source_changed') ? changed(key, error) : error;
    }
    if (copied.etag !== etag) await etags.note({ key, sourceEtag: etag, etag: copied.etag });
    progress.end(ticket, size);
  }

  #headersOf(source: ObjectHeaders): ObjectHeaders {
    const known = this.#headers.get(source);
    if (known !== undefined) return known;
    const headers = editionHeaders(source, this.#options.job);
    this.#headers.set(source, headers);
    return headers;
  }
}

function changed(key: string, cause: LtdError): LtdError {
  return new LtdError(
    'source_changed',
    `The build was changed after it was uploaded: "${key}" is not what it was when it was learnt; it is learnt again`,
    { cause },
  );
}
