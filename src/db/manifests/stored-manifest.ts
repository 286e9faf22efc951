import type { Knex } from 'knex';
import type { Manifest, ManifestEntry } from '../../copy-engine/manifest.js';
import { compareKeys } from '../../domain/object-keys.js';
import { decodeChunk } from './manifest-chunk.js';
import { type ManifestChunkRow, manifestReplaced, type ManifestRow } from './manifest-row.js';

/** A finished manifest as the engine reads it. Only the ends of its parts are held in memory. */
export async function storedManifest(knex: Knex, row: ManifestRow): Promise<Manifest> {
  const ends = await knex<ManifestChunkRow>('manifest_chunks')
    .where({ manifest_id: row.id })
    .orderBy('number')
    .select('last_key');
  const boundaries = ends.map(({ last_key: key }) => key.toString());
  return {
    objects: row.objects,
    bytes: Number(row.bytes),
    boundaries,
    read: (after) => readChunks(knex, { id: row.id, boundaries, after }),
  };
}

interface Reading {
  readonly id: string;
  readonly boundaries: readonly string[];
  readonly after: string | null;
}

/** Part by part; the next is fetched while one is worked on, and waited for by whoever stops reading. */
async function* readChunks(
  knex: Knex,
  { id, boundaries, after }: Reading,
): AsyncGenerator<readonly ManifestEntry[], void, undefined> {
  const isAfter = (key: string): boolean => after === null || compareKeys(key, after) > 0;
  const first = boundaries.findIndex(isAfter);
  const fetchChunk = (at: number): Promise<Buffer> | null => {
    if (at < 0 || at >= boundaries.length) return null;
    const chunk = chunkEntries(knex, id, at);
    // It may fail while nobody waits for it yet: whoever reads on is told, and Node must not end the process.
    chunk.catch(() => undefined);
    return chunk;
  };
  let coming = fetchChunk(first);
  try {
    for (let at = first; coming !== null; at += 1) {
      const entries = decodeChunk(await coming);
      coming = fetchChunk(at + 1);
      yield at === first ? entries.filter(({ key }) => isAfter(key)) : entries;
    }
  } finally {
    await Promise.allSettled([coming]);
  }
}

async function chunkEntries(knex: Knex, id: string, number: number): Promise<Buffer> {
  const row = await knex<ManifestChunkRow>('manifest_chunks').where({ manifest_id: id, number }).first();
  if (row === undefined) throw manifestReplaced();
  return row.entries;
}
