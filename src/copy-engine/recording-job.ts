import type { ObjectStore } from '../integrations/object-store/object-store.js';
import type { ManifestStore } from './manifest.js';

/** What learning works with. */
export interface RecordingDeps {
  readonly store: ObjectStore;
  readonly manifests: ManifestStore;
}

/** Which build to learn, and how. */
export interface RecordingJob {
  readonly buildId: number;
  readonly bucket: string;
  /** The build's. Ends in `/`. */
  readonly prefix: string;
  /** Whether the build was uploaded before this call: then nothing may be missing, and nothing is learnt again. */
  readonly complete: boolean;
  /** Objects asked for at a time. */
  readonly concurrency: number;
}

/** What a pass has learnt so far. */
export interface ManifestCounts {
  readonly objects: number;
  readonly bytes: number;
  /** Objects of which the headers had to be asked for. */
  readonly asked: number;
}

/** How learning is stopped and watched. */
export interface RecordingControl {
  /** When it aborts nothing more is sent, what is on its way is waited for, and the reason is thrown. */
  readonly signal: AbortSignal;
  /** Called often: it has to be cheap. */
  onProgress?(counts: ManifestCounts): void;
}
