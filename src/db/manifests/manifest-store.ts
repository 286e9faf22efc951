import type { Knex } from 'knex';
import type { Manifest, ManifestStore } from '../../copy-engine/manifest.js';
import { LtdError } from '../../domain/errors.js';
import { maxDraft, manifestReplaced, type ManifestRow, newestManifest } from './manifest-row.js';
import { StoredDraft } from './stored-draft.js';
import { storedManifest } from './stored-manifest.js';

/**
 * Keeps manifests in the database. A draft is complete only where it was begun after the build was uploaded, whatever
 * its end says. Reading and appending throw `manifest_replaced` where what they work with is gone, which another try
 * mends.
 */
export function createManifestStore(knex: Knex): ManifestStore {
  const open = async (row: ManifestRow | undefined): Promise<Manifest | null> =>
    row === undefined ? null : storedManifest(knex, row);
  return {
    findComplete: async (buildId) =>
      open(await knex<ManifestRow>('manifests').where({ build_id: buildId, complete: true }).first()),
    findNewest: async (buildId) => open(await newestManifest(knex, buildId)),
    findDraft: async (buildId) => open(await maxDraft(knex, buildId)),
    async begin(buildId, bucket) {
      await removeLeftovers(knex);
      return new StoredDraft(knex, await insertDraft(knex, buildId, bucket ?? null));
    },
    async forget(buildId) {
      await knex('manifests').where({ build_id: buildId }).delete();
    },
  };
}

/**
 * What killed processes left behind: nobody waits this long between two parts. There are few drafts, so it is cheap.
 *
 */
async function removeLeftovers(knex: Knex): Promise<void> {
  await knex('manifests').whereNull('finished_at').whereRaw("touched_at < now() - interval '6 hours'").delete();
}

/** Waits for a change of the product's bucket that is under way, which deletes manifests: no draft slips in between. */
async function insertDraft(
  knex: Knex,
  buildId: number,
  bucket: string | null,
): Promise<Pick<ManifestRow, 'id' | 'build_id'>> {
  const { rows } = await knex.raw<{ rows: Pick<ManifestRow, 'id' | 'build_id'>[] }>(
    /* sql */ `
    INSERT INTO manifests (build_id, after_upload)
    SELECT builds.id, uploaded FROM builds JOIN products ON products.id = builds.product_id
    WHERE builds.id = :buildId AND (CAST(:bucket AS text) IS NULL OR bucket_name = :bucket) FOR SHARE OF products
    RETURNING id, build_id`,
    { buildId, bucket },
  );
  const [row] = rows;
  if (row === undefined && bucket !== null) throw manifestReplaced();
  if (row === undefined) throw new LtdError('not_found', `There is no build /builds/${buildId}.`);
  return row;
}
