import type { Knex } from 'knex';
import { currentRequestId } from '../../observability/request-context.js';
import { Edition } from '../models/edition.js';
import { Rebuild } from '../models/rebuild.js';

/** A change of what an edition should show. */
export interface Declaration {
  readonly editionId: number;
  readonly buildId: number;
  /** A user's name, or what in the service asks. */
  readonly requestedBy: string;
  /** The new high-water mark of automatic tracking (`trackedBuildAfter`); null leaves it as it is, as steering by hand does. */
  readonly trackedBuildId: number | null;
  /** Whether nothing but another slug was asked for. @default false */
  readonly onlyMoves?: boolean;
}

/** A rebuild that has been asked for and not ended. */
export interface DeclaredRebuild {
  readonly rebuildId: string;
  readonly editionId: number;
  readonly generation: number;
}

/**
 * Declares which build an edition shows: one generation more, and its row in the history. The caller holds the locks of
 * the product and the edition, and has set a new slug before, if there is one. An unfinished older rebuild stays open
 * until this one, or one after it, settles.
 */
export async function declareRebuild(
  trx: Knex.Transaction,
  declaration: Declaration,
): Promise<DeclaredRebuild> {
  const { editionId, buildId, trackedBuildId } = declaration;
  const edition = await Edition.query(trx)
    .findById(editionId)
    .patch({
      build_id: buildId,
      generation: trx.raw('generation + 1'),
      ...(trackedBuildId === null ? {} : { tracked_build_id: trackedBuildId }),
    })
    .returning(['slug', 'generation'])
    .first()
    .throwIfNotFound();
  const rebuild = await Rebuild.query(trx)
    .insert({
      edition_id: editionId,
      generation: edition.generation,
      build_id: buildId,
      slug: edition.slug,
      requested_by: declaration.requestedBy,
      request_id: currentRequestId() ?? null,
      only_moves: declaration.onlyMoves ?? false,
    })
    .returning('id');
  return { rebuildId: rebuild.id, editionId, generation: edition.generation };
}
