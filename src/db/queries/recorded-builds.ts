import type { Knex } from 'knex';
import type { ManifestRow } from '../manifests/manifest-row.js';

/** How much of a build is known to be in the bucket. */
export interface RecordedBuild {
  readonly objects: number;
  readonly bytes: number;
}

/** What is known of these builds, by id; nothing of those that were never looked at. One statement for all. */
export async function recordedBuilds(
  knex: Knex,
  ids: readonly number[],
): Promise<ReadonlyMap<number, RecordedBuild>> {
  // Of the finished manifests of a build there is one. By ANY: one text however many there are.
  const rows = await knex<ManifestRow>('manifests')
    .whereRaw('build_id = ANY(CAST(? AS integer[]))', [[...ids]])
    .whereNotNull('finished_at')
    .select('build_id', 'objects', 'bytes');
  return new Map(
    rows.map(({ build_id: id, objects, bytes }) => [id, { objects, bytes: Number(bytes) }] as const),
  );
}
