import { Context } from '@temporalio/activity';
import { verifyCopy } from '../copy-engine/verify.js';
import { type AuditedEdition, markDrifted, takeForAudit } from '../db/protocol/audit.js';
import { transaction } from '../db/transaction.js';
import { hasCode } from '../domain/errors.js';
import { buildPrefix, editionPrefix } from '../domain/object-keys.js';
import { withFlow } from '../integrations/object-store/store-flows.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'stores' | 'logger' | 'workflows'>;

/**
 * Looks whether one edition at rest still holds what was published, and has it made whole again where it does not: what
 * a process wrote that was frozen for longer than any lease, or a person by hand. Safe to retry: it only looks.
 */
export function createAuditDrift(deps: Dependencies) {
  return async (): Promise<void> => {
    const edition = await takeForAudit(deps.knex);
    if (edition === null) return;
    try {
      const flow = { name: `audit ${edition.editionId}`, priority: 'low' } as const;
      const control = { signal: Context.current().cancellationSignal };
      await withFlow(deps.stores, flow, ({ store }) => verifyCopy({ store }, prefixesOf(edition), control));
    } catch (error) {
      if (!hasCode(error, 'verification_failed')) throw error;
      await heal(deps, edition, error.message);
    }
  };
}

async function heal(
  { knex, logger, workflows }: Dependencies,
  edition: AuditedEdition,
  seen: string,
): Promise<void> {
  if (!(await transaction(knex, (trx) => markDrifted(trx, edition)))) return;
  logger.warn({ edition_id: edition.editionId, seen }, 'an edition has drifted from what was published');
  await workflows.wakeEdition(edition);
}

function prefixesOf({ bucket, productSlug, editionSlug, buildSlug }: AuditedEdition) {
  return {
    bucket,
    sourcePrefix: buildPrefix(productSlug, buildSlug),
    destinationPrefix: editionPrefix(productSlug, editionSlug),
  };
}
