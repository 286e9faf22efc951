import type { Manifest, ManifestDraft, ManifestEntry, ManifestStore } from '../../src/copy-engine/manifest.js';
import { partSize } from '../../src/db/manifests/manifest-store.js';
import { compareKeys } from '../../src/domain/object-keys.js';

/** A manifest in memory. */
export function memoryManifest(entries: readonly ManifestEntry[]): Manifest {
  const parts: (readonly ManifestEntry[])[] = [];
  for (let at = 0; at < entries.length; at += partSize) parts.push(entries.slice(at, at + partSize));
  return {
    objects: entries.length,
    bytes: entries.reduce((bytes, { size }) => bytes + size, 0),
    boundaries: parts.map((part) => part.at(-1)?.key ?? ''),
    // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous, memory is not
    read: async function* (after) {
      for (const part of parts) {
        const rest = after === null ? part : part.filter(({ key }) => compareKeys(key, after) > 0);
        if (rest.length > 0) yield rest;
      }
    },
  };
}

/** A fake {@link ManifestStore} in memory, for tests of the copy engine alone. */
export function memoryManifests(): ManifestStore {
  const complete = new Map<number, Manifest>();
  const newest = new Map<number, Manifest>();
  const begin = (buildId: number): ManifestDraft => {
    const entries: ManifestEntry[] = [];
    return {
      append: (more) => {
        entries.push(...more);
        return Promise.resolve();
      },
      finish: ({ complete: isComplete }) => {
        const manifest = memoryManifest(entries);
        newest.set(buildId, manifest);
        if (isComplete && entries.length > 0 && !complete.has(buildId)) complete.set(buildId, manifest);
        return Promise.resolve(manifest);
      },
    };
  };
  return {
    findComplete: (buildId) => Promise.resolve(complete.get(buildId) ?? null),
    findNewest: (buildId) => Promise.resolve(complete.get(buildId) ?? newest.get(buildId) ?? null),
    findDraft: () => Promise.resolve(null),
    begin: (buildId) => Promise.resolve(begin(buildId)),
    forget: (buildId) => {
      complete.delete(buildId);
      newest.delete(buildId);
      return Promise.resolve();
    },
  };
}
