import type { Knex } from 'knex';
import type { Manifest, ManifestDraft, ManifestEntry } from '../../copy-engine/manifest.js';
import { bumpDashboard } from '../protocol/open-task.js';
import { lockBuildWithProduct } from '../queries/builds.js';
import { transaction } from '../transaction.js';
import { encodeChunk } from './manifest-chunk.js';
import { isOfEmptyBuild, manifestReplaced, type ManifestRow, newestManifest } from './manifest-row.js';
import { storedManifest } from './stored-manifest.js';

/** A manifest in the making: what is not yet a whole part waits in memory. */
export class StoredDraft implements ManifestDraft {
  readonly #knex: Knex;
  readonly #row: Pick<ManifestRow, 'id' | 'build_id'>;
  #waiting: ManifestEntry[] = [];
  #chunks = 0;
  #objects = 0;
  #bytes = 0;

  constructor(knex: Knex, row: Pick<ManifestRow, 'id' | 'build_id'>) {
    this.#knex = knex;
    this.#row = row;
  }

  /** @throws {LtdError} `manifest_replaced` when the build was forgotten meanwhile. */
  async append(entries: readonly ManifestEntry[]): Promise<void> {
    for (const entry of entries) {
      this.#waiting.push(entry);
      if (this.#waiting.length === partSize) await this.#writeChunk();
    }
  }

  /** @throws {LtdError} `manifest_replaced` when the build was forgotten meanwhile. */
  async finish({ complete }: { readonly complete: boolean }): Promise<Manifest> {
    if (this.#waiting.length > 0) await this.#writeChunk();
    const row = await transaction(this.#knex, (trx) => this.#conclude(trx, complete));
    return storedManifest(this.#knex, row);
  }

  async #writeChunk(): Promise<void> {
    const chunk = this.#waiting;
    this.#waiting = [];
    const lastKey = Buffer.from(chunk.at(-1)?.key ?? '');
    // Only while the draft is there, and with its row locked, so that nothing is left behind of one that goes.
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

  /**
   * One after the other for each build, so that all who finish agree which manifest stays. The dashboard shows whether
   * a build has files, so a change of that asks for another dashboard.
   */
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
        // The first complete one stays. None is complete that was begun while objects could still come, nor an empty
        // one: a client may use its upload form late, and the next pass looks again.
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

/**
 * Objects in a part of a manifest. A listing that is split at the ends of parts gets each with one request, whose page
 * has room for a tenth more: what another release has there, too, does not cost it a second one.
 */
export const partSize = 900;
