import { Context } from '@temporalio/activity';
import { findDrift } from '../copy-engine/find-drift.js';
import { copiedEtags } from '../db/copied-etags.js';
import { type AuditedEdition, markDrifted, takeForAudit } from '../db/protocol/audit.js';
import { transaction } from '../db/transaction.js';
import type { Drift } from '../domain/drift.js';
import { withFlow } from '../integrations/object-store/store-flows.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<
  ActivityDependencies,
  'knex' | 'stores' | 'logger' | 'metrics' | 'workflows' | 'manifests'
>;

/**
 * Looks whether one edition at rest still holds what was published, and has it made whole again where it does not: what
 * a process wrote that was frozen for longer than any lease, or a person by hand. All objects are looked at by a
 * listing, the headers of some. Safe to retry: it only looks.
 */
export function createAuditDrift(deps: Dependencies) {
  return async (): Promise<void> => {
    const edition = await takeForAudit(deps.knex);
    if (edition === null) return;
    const flow = { name: `audit ${edition.editionId}`, priority: 'low' } as const;
    const etags = copiedEtags(deps.knex, edition.editionId);
    const drift = await withFlow(deps.stores, flow, ({ store }) =>
      findDrift({ store, etags, manifests: deps.manifests }, edition, {
        signal: Context.current().cancellationSignal,
      }),
    );
    if (drift !== null) await heal(deps, edition, drift);
  };
}

async function heal(
  { knex, logger, metrics, workflows }: Dependencies,
  edition: AuditedEdition,
  { kind, seen }: Drift,
): Promise<void> {
  if (!(await transaction(knex, (trx) => markDrifted(trx, edition, kind)))) return;
  metrics.drifted(kind);
  logger.warn(
    { edition_id: edition.editionId, drift: kind, seen },
    'an edition has drifted from what was published',
  );
  await workflows.wakeEdition(edition);
}
