import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { currentRequestId } from '../../observability/request-context.js';

/** A change of what an edition should show. */
export interface Declaration {
  readonly editionId: number;
  readonly buildId: number;
  /** A user's name, or what in the service asks. */
  readonly requestedBy: string;
  /**
   * The new high-water mark of automatic tracking (`trackedBuildAfter`); null leaves it as it is, as steering by hand
   * does.
   */
  readonly trackedBuildId: number | null;
  /** Where the request reached the API. Unknown to work that no request asked for. */
  readonly baseUrl?: string;
  /** Whether nothing but another slug was asked for. @default false */
  readonly onlyMoves?: boolean;
}

/** A rebuild that has been asked for and not ended. */
export interface DeclaredRebuild {
  readonly rebuildId: string;
  readonly editionId: number;
  readonly generation: number;
  /** The edition's. */
  readonly slug: string;
}

/**
 * Declares which build an edition shows: one generation more, and its row in the history. The caller holds the lock of
 * the product, and has set a new slug before, if there is one; the edition is locked here, where it is not yet. An
 * unfinished older rebuild stays open until this one, or one after it, settles.
 */
export async function declareRebuild(trx: Knex.Transaction, declaration: Declaration): Promise<DeclaredRebuild> {
  const { editionId, buildId, requestedBy, trackedBuildId, baseUrl = null, onlyMoves = false } = declaration;
  // One statement: it is on the way of every announcement of a build.
  const { rows } = await trx.raw<{ rows: readonly DeclaredRebuild[] }>(
    `WITH edition AS (
       UPDATE editions SET build_id = :buildId, generation = generation + 1,
         tracked_build_id = coalesce(:trackedBuildId, tracked_build_id), base_url = coalesce(:baseUrl, base_url)
       WHERE id = :editionId RETURNING id, generation, build_id, slug)
     INSERT INTO rebuilds (edition_id, generation, build_id, slug, requested_by, request_id, only_moves)
     SELECT id, generation, build_id, slug, :requestedBy, :requestId, :onlyMoves FROM edition
     RETURNING id AS "rebuildId", edition_id AS "editionId", generation, slug`,
    {
      editionId,
      buildId,
      requestedBy,
      trackedBuildId,
      baseUrl,
      onlyMoves,
      requestId: currentRequestId() ?? null,
    },
  );
  const [rebuild] = rows;
  if (rebuild === undefined) throw new LtdError('not_found', `There is no edition ${editionId}.`);
  return rebuild;
}
