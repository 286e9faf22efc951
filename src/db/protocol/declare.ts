import type { Knex } from 'knex';
import { LtdError } from '../../domain/errors.js';
import { currentRequestId } from '../../observability/request-context.js';

/** A new declared build. */
export interface Declaration {
  readonly editionId: number;
  readonly buildId: number;
  /** A user's name, or the part of the service. */
  readonly requestedBy: string;
  /** The newest build that tracking declared (`trackedBuildAfter`); null keeps it, as a change by hand does. */
  readonly trackedBuildId: number | null;
  /** The request's base URL, if there is a request. */
  readonly baseUrl?: string;
  /** Whether only the slug changes. @default false */
  readonly onlyMoves?: boolean;
}

/** A new rebuild. */
export interface DeclaredRebuild {
  readonly rebuildId: string;
  readonly editionId: number;
  readonly generation: number;
  /** The slug of the edition. */
  readonly slug: string;
}

/**
 * Declares which build an edition should show: raises the generation and adds its rebuild. The caller holds the lock of
 * the product, and has stored a new slug before. Older unfinished rebuilds stay open until a newer one settles.
 *
 * @throws {LtdError} `not_found`.
 */
export async function declareRebuild(trx: Knex.Transaction, declaration: Declaration): Promise<DeclaredRebuild> {
  const { editionId, buildId, requestedBy, trackedBuildId, baseUrl = null, onlyMoves = false } = declaration;
  // One statement, because each completed upload waits for it.
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
