import { Edition } from '../../db/models/edition.js';
import { vacatingSlugs } from '../../db/protocol/begin.js';
import { hasCode } from '../../domain/errors.js';
import { editionPrefix } from '../../domain/object-keys.js';
import type { ObjectStore } from '../../integrations/object-store/object-store.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';
import type { WriterPlace } from './writer-lease.js';

/**
 * Ends the multipart uploads that earlier attempts left under the edition's prefixes, because the store charges for
 * their parts. Nothing else writes there. If the credentials or the store do not allow it, the copy continues; a
 * lifecycle rule of the bucket is the remedy.
 */
export async function endUploads(
  deps: Pick<ActivityDeps, 'knex' | 'logger'> & { readonly store: ObjectStore },
  plan: RebuildPlan,
  { signal, mayWrite, isFirst }: WriterPlace,
): Promise<void> {
  if (isFirst) return;
  const gate = (): void => {
    signal.throwIfAborted();
    mayWrite();
  };
  for (const slug of [plan.editionSlug, ...(await vacatingSlugs(deps.knex, plan.editionId))]) {
    const prefix = editionPrefix(plan.productSlug, slug);
    try {
      const ended = await deps.store.endUploads({ bucket: plan.bucket, prefix, gate });
      if (ended > 0) deps.logger.info({ prefix, uploads: ended }, 'ended uploads that were left');
    } catch (error) {
      if (hasCode(error, 'bucket_missing') && (await neverWritten(deps, plan))) return;
      if (!hasCode(error, 'store_access_denied') && !hasCode(error, 'store_rejected')) throw error;
      deps.logger.warn({ err: error, prefix }, 'uploads that were left could not be ended');
    }
  }
}

/** Whether the edition has nothing in its bucket: it published nothing, and no attempt began to write. */
export async function neverWritten({ knex }: Pick<ActivityDeps, 'knex'>, plan: RebuildPlan): Promise<boolean> {
  if (plan.target !== null) return false;
  const edition = await Edition.query(knex).findById(plan.editionId).select('published_build_id', 'may_hold_objects');
  return edition?.published_build_id === null && !edition.may_hold_objects;
}
