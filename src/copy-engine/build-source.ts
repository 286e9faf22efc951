import { LtdError } from '../domain/errors.js';
import type { Manifest, ManifestEntry } from './manifest.js';

/** Where the engine takes a build from: its manifest, or a pass that learns it. */
export interface BuildSource {
  /** The build's complete manifest; null while it is still to be learnt. */
  findManifest(): Promise<Manifest | null>;
  /**
   * Recording the build: gives its entries in key order as they become known, and has a complete manifest to find once it
   * ends. Nothing is on its way when it ends or is left early.
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
