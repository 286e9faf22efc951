import type { CopiedEtags } from '../../src/copy-engine/copied-etags.js';
import type { Manifest, ManifestDraft, ManifestEntry, ManifestStore } from '../../src/copy-engine/manifest.js';
import { partSize } from '../../src/db/manifests/manifest-store.js';
import { decodeChunk, encodeChunk } from '../../src/db/manifests/manifest-chunk.js';
import { compareKeys } from '../../src/domain/object-keys.js';

interface Part {
  readonly lastKey: string;
  readonly bytes: Buffer;
}

/** Keeps manifests in memory, encoded as in the database, because the engine's bench has no database. */
export function createManifestMemory(): ManifestStore {
  const complete = new Map<number, Manifest>();
  return {
    findComplete: (buildId) => Promise.resolve(complete.get(buildId) ?? null),
    findNewest: (buildId) => Promise.resolve(complete.get(buildId) ?? null),
    findDraft: () => Promise.resolve(null),
    begin: (buildId) =>
      Promise.resolve(
        draft((manifest) => {
          complete.set(buildId, manifest);
        }),
      ),
    forget: (buildId) => {
      complete.delete(buildId);
      return Promise.resolve();
    },
  };
}

/** In this bench copies keep their sources' ETags. */
export const noCopiedEtags: CopiedEtags = {
  read: () => nothing(),
  remember: () => Promise.resolve(),
  forget: () => Promise.resolve(),
};

function draft(finished: (manifest: Manifest) => void): ManifestDraft {
  const parts: Part[] = [];
  let open: ManifestEntry[] = [];
  let objects = 0;
  let bytes = 0;
  const close = (count: number): void => {
    const entries = open.slice(0, count);
    open = open.slice(count);
    parts.push({ lastKey: entries.at(-1)?.key ?? '', bytes: encodeChunk(entries) });
  };
  return {
    append: (entries) => {
      open.push(...entries);
      while (open.length >= partSize) close(partSize);
      objects += entries.length;
      for (const { size } of entries) bytes += size;
      return Promise.resolve();
    },
    finish: ({ complete }) => {
      if (open.length > 0) close(open.length);
      const manifest = manifestOf(parts, { objects, bytes });
      if (complete) finished(manifest);
      return Promise.resolve(manifest);
    },
  };
}

function manifestOf(parts: readonly Part[], counts: Pick<Manifest, 'objects' | 'bytes'>): Manifest {
  return {
    ...counts,
    boundaries: parts.map(({ lastKey }) => lastKey),
    // eslint-disable-next-line @typescript-eslint/require-await -- the port is asynchronous, memory is not
    read: async function* (after) {
      for (const { lastKey, bytes } of parts) {
        if (after !== null && compareKeys(lastKey, after) <= 0) continue;
        yield decodeChunk(bytes).filter(({ key }) => after === null || compareKeys(key, after) > 0);
      }
    },
  };
}

async function* nothing(): AsyncGenerator<never> {
  yield* await Promise.resolve([]);
}
