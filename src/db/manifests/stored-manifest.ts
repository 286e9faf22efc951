import type { Knex } from 'knex';
import type { Manifest, ManifestEntry } from '../../copy-engine/manifest.js';
import { LtdError } from '../../domain/errors.js';
import { compareKeys } from '../../domain/object-keys.js';
import { decodeChunk } from './manifest-chunk.js';

/** A row of `manifests`. Bigints are strings. */
export interface ManifestRow {
  readonly id: string;
  readonly build_id: number;
  readonly after_upload: boolean;
  readonly complete: boolean;
  readonly finished_at: Date | null;
  readonly touched_at: Date;
  readonly objects: number;
  readonly bytes: string;
}

interface ManifestChunkRow {
  readonly manifest_id: string;
  readonly number: number;
  readonly last_key: Buffer;
  readonly entries: Buffer;
}

/** The manifest shows an empty build: a pass after the upload found no objects. */
export const isOfEmptyBuild = 'finished_at IS NOT NULL AND after_upload AND objects = 0';

/** Returns the complete manifest of a build, or else the finished one that began last. */
export async function newestManifest(knex: Knex, buildId: number): Promise<ManifestRow | undefined> {
  return knex<ManifestRow>('manifests')
    .where({ build_id: buildId })
    .whereNotNull('finished_at')
    .orderByRaw('complete DESC, id DESC')
    .first();
}

/** Returns the unfinished manifest of a build with the most parts, or undefined. */
export async function maxDraft(knex: Knex, buildId: number): Promise<ManifestRow | undefined> {
  return knex<ManifestRow>('manifests as m')
    .join('manifest_chunks as c', 'c.manifest_id', 'm.id')
    .where({ 'm.build_id': buildId })
    .whereNull('m.finished_at')
    .groupBy('m.id')
    .orderByRaw('count(*) DESC')
    .select<ManifestRow[]>('m.*')
    .first();
}

/** The error for a manifest that was deleted meanwhile. */
export function manifestReplaced(): LtdError {
  return new LtdError(
    'manifest_replaced',
    "The build's manifest was replaced or deleted; the workflow reads it again.",
  );
}

/** Opens a finished manifest for the engine. Only the last keys of its parts are in memory. */
export async function storedManifest(knex: Knex, row: ManifestRow): Promise<Manifest> {
  const ends = await knex('manifest_chunks')
    .where({ manifest_id: row.id })
    .orderBy('number')
    .pluck<Buffer[]>('last_key');
  const boundaries = ends.map(String);
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

/** Yields part by part and fetches the next one meanwhile. */
async function* readChunks(
  knex: Knex,
  { id, boundaries, after }: Reading,
): AsyncGenerator<readonly ManifestEntry[], void, undefined> {
  const isAfter = (key: string): boolean => after === null || compareKeys(key, after) > 0;
  const first = boundaries.findIndex(isAfter);
  const fetchChunk = (at: number): Promise<Buffer> | null => {
    if (at < 0 || at >= boundaries.length) return null;
    const chunk = chunkEntries(knex, id, at);
    // The next read throws the error. Until then it must not end the process as an unhandled rejection.
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
