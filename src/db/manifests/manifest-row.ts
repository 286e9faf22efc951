import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';

/** A row of `manifests`; bigints come as text. */
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

/** A row of `manifest_chunks`. */
export interface ManifestChunkRow {
  readonly manifest_id: string;
  readonly number: number;
  readonly last_key: Buffer;
  readonly entries: Buffer;
}

/** The condition under which a manifest says that its build has no files: a pass after the upload found none. */
export const isOfEmptyBuild = 'finished_at IS NOT NULL AND after_upload AND objects = 0';

/** The most that is known of a build: its complete manifest, or else the finished one that was begun last. */
export async function newestManifest(knex: Knex, buildId: number): Promise<ManifestRow | undefined> {
  return knex<ManifestRow>('manifests')
    .where({ build_id: buildId })
    .whereNotNull('finished_at')
    .orderBy([
      { column: 'complete', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .first();
}

/** Of the passes over a build that did not end (yet), the one that has stored most; undefined where none has any. */
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

/** The error of whoever works with a manifest that is no longer there. */
export function manifestReplaced(): LtdError {
  return new LtdError(
    'manifest_replaced',
    'What was known of the build was replaced or forgotten meanwhile: it is looked up again.',
  );
}
