import { findDrift } from '../../copy-engine/find-drift.js';
import { copiedEtags } from '../../db/queries/edition-etags.js';
import { type AuditedEdition, markDrifted, takeForAudit } from '../../db/protocol/audit.js';
import { transaction } from '../../db/transaction.js';
import type { Drift } from '../../domain/edition-state.js';
import { withFlow } from '../../integrations/object-store/store-flows.js';
import type { ActivityDeps } from '../dependencies.js';
import type { Part } from './pass-over.js';

type Deps = Pick<ActivityDeps, 'knex' | 'stores' | 'logger' | 'metrics' | 'workflows' | 'manifests'>;

/** A listing of everything that the edition holds. Milliseconds. */
const timeoutMs = 40_000;

/**
 * Looks whether one edition at rest still holds what was published, and has it made whole again where it does not: what
 * a process wrote that was frozen for longer than any lease, or a person by hand. All objects are looked at by a
 * listing, the headers of some. Safe to retry: it only looks.
 */
export function auditPart(deps: Deps): Part<AuditedEdition> {
  return {
    find: async () => {
      const edition = await takeForAudit(deps.knex);
      return edition === null ? [] : [edition];
    },
    idOf: null,
    work: (edition, signal) => audit(deps, edition, signal),
    timeoutMs,
  };
}

async function audit(deps: Deps, edition: AuditedEdition, signal: AbortSignal): Promise<void> {
  const flow = { name: `audit ${edition.editionId}`, priority: 'low' } as const;
  const etags = copiedEtags(deps.knex, edition.editionId);
  const drift = await withFlow(deps.stores, flow, ({ store }) =>
    findDrift({ store, etags, manifests: deps.manifests }, edition, { signal }),
  );
  if (drift !== null) await heal(deps, edition, drift);
}

async function heal(
  { knex, logger, metrics, workflows }: Deps,
  edition: AuditedEdition,
  { kind, seen }: Drift,
): Promise<void> {
  if (!(await transaction(knex, (trx) => markDrifted(trx, edition, kind)))) return;
  metrics.drifted(kind);
  logger.warn({ edition_id: edition.editionId, drift: kind, seen }, 'an edition has drifted from what was published');
  await workflows.signalEdition(edition);
}
