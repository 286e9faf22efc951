import type { Knex } from 'knex';
import type { Manifest, ManifestDraft, ManifestEntry, ManifestStore } from '../../copy-engine/manifest.js';
import { LtdError } from '../../domain/errors.js';
import { bumpDashboard } from '../protocol/open-task.js';
import { lockBuildWithProduct } from '../queries/builds.js';
import { transaction } from '../transaction.js';
import { encodeChunk } from './manifest-chunk.js';
import {
  isOfEmptyBuild,
  manifestReplaced,
  type ManifestRow,
  maxDraft,
  newestManifest,
  storedManifest,
} from './stored-manifest.js';

/** Objects in a part of a manifest. A listing asks for a part with one request, which leaves room for 100 more. */
export const partSize = 900;

type DraftRow = Pick<ManifestRow, 'id' | 'build_id'>;

/**
 * Stores manifests in the database. A draft that began before the upload was complete is never complete. Reads and
 * appends throw a retryable `manifest_replaced` if the manifest was deleted meanwhile.
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
      await deleteOldDrafts(knex);
      return new StoredDraft(knex, await insertDraft(knex, buildId, bucket ?? null));
    },
    async forget(buildId) {
      await knex('manifests').where({ build_id: buildId }).delete();
    },
  };
}

/** Deletes drafts of killed processes. There are few drafts, so it is cheap. */
async function deleteOldDrafts(knex: Knex): Promise<void> {
  await knex('manifests').whereNull('finished_at').whereRaw("touched_at < now() - interval '6 hours'").delete();
}

/** Waits for a running change of the product's bucket, which deletes manifests. */
async function insertDraft(knex: Knex, buildId: number, bucket: string | null): Promise<DraftRow> {
  const { rows } = await knex.raw<{ rows: DraftRow[] }>(
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

/** A manifest during its recording. Entries of an unfinished part wait in memory. */
class StoredDraft implements ManifestDraft {
  readonly #knex: Knex;
  readonly #row: DraftRow;
  #waiting: ManifestEntry[] = [];
  #chunks = 0;
  #objects = 0;
  #bytes = 0;

  constructor(knex: Knex, row: DraftRow) {
    this.#knex = knex;
    this.#row = row;
  }

  async append(entries: readonly ManifestEntry[]): Promise<void> {
    for (const entry of entries) {
      this.#waiting.push(entry);
      if (this.#waiting.length === partSize) await this.#writeChunk();
    }
  }

  async finish({ complete }: { readonly complete: boolean }): Promise<Manifest> {
    if (this.#waiting.length > 0) await this.#writeChunk();
    const row = await transaction(this.#knex, (trx) => this.#conclude(trx, complete));
    return storedManifest(this.#knex, row);
  }

  async #writeChunk(): Promise<void> {
    const chunk = this.#waiting;
    this.#waiting = [];
    const lastKey = Buffer.from(chunk.at(-1)?.key ?? '');
    // Locks the draft's row, so no chunk outlives its manifest.
    const { rowCount } = await this.#knex.raw<{ rowCount: number }>(
      /* sql */ `
      WITH draft AS (UPDATE manifests SET touched_at = now() WHERE id = :id RETURNING id)
      INSERT INTO manifest_chunks (manifest_id, number, last_key, entries)
      SELECT id, :number, :lastKey, :entries FROM draft`,
      { id: this.#row.id, number: this.#chunks, lastKey, entries: encodeChunk(chunk) },
    );
    if (rowCount === 0) throw manifestReplaced();
    this.#chunks += 1;
    this.#objects += chunk.length;
    this.#bytes += chunk.reduce((bytes, { size }) => bytes + size, 0);
  }

  /** The build's lock makes drafts end one by one. The dashboard shows whether a build is empty. */
  async #conclude(trx: Knex.Transaction, complete: boolean): Promise<ManifestRow> {
    const { id, build_id: buildId } = this.#row;
    const found = await lockBuildWithProduct(trx, buildId);
    const wasEmpty = await isEmpty(trx, buildId);
    const finished = await trx<ManifestRow>('manifests')
      .where({ id })
      .update({
        finished_at: trx.fn.now(),
        objects: this.#objects,
        bytes: String(this.#bytes),
        // The first complete one stays. An empty one is never complete: a client may still use its upload form.
        complete: trx.raw(
          '? AND after_upload AND NOT EXISTS (SELECT 1 FROM manifests WHERE build_id = ? AND complete)',
          [complete && this.#objects > 0, buildId],
        ),
      });
    const newest = await newestManifest(trx, buildId);
    if (found === undefined || finished === 0 || newest === undefined) throw manifestReplaced();
    await trx<ManifestRow>('manifests')
      .where({ build_id: buildId })
      .whereNotNull('finished_at')
      .whereNot({ id: newest.id })
      .delete();
    if ((await isEmpty(trx, buildId)) !== wasEmpty) await bumpDashboard(trx, found.build.product_id);
    return newest;
  }
}

async function isEmpty(trx: Knex.Transaction, buildId: number): Promise<boolean> {
  const rows = await trx('manifests').where({ build_id: buildId }).whereRaw(isOfEmptyBuild).select('id');
  return rows.length > 0;
}
