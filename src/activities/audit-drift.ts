import { Context } from '@temporalio/activity';
import { verifyCopy, verifyHeaders } from '../copy-engine/verify.js';
import { type AuditedEdition, type Drift, markDrifted, takeForAudit } from '../db/protocol/audit.js';
import { transaction } from '../db/transaction.js';
import { hasCode } from '../domain/errors.js';
import { buildPrefix, editionPrefix } from '../domain/object-keys.js';
import { withFlow } from '../integrations/object-store/store-flows.js';
import { copiedEtags } from './copied-etags.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<
  ActivityDependencies,
  'knex' | 'stores' | 'logger' | 'metrics' | 'workflows' | 'manifests'
>;

/** Objects of an edition whose headers are looked at in one audit, about: they are drawn at random each time. */
const headersPerAudit = 200;

/** What an audit saw, for people. */
interface Sight {
  readonly drift: Drift;
  readonly seen: string;
}

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
    const sight = await withFlow(deps.stores, flow, ({ store }) => look({ ...deps, store }, edition));
    if (sight !== null) await heal(deps, edition, sight);
  };
}

async function look(
  deps: Dependencies & Pick<ActivityDependencies, 'store'>,
  edition: AuditedEdition,
): Promise<Sight | null> {
  const manifest = await deps.manifests.findComplete(edition.buildId);
  // Nothing is known of what it should hold: a rebuild learns it.
  if (manifest === null) return { drift: 'headers', seen: 'the manifest of the published build is missing' };
  const job = { ...prefixesOf(edition), manifest };
  const control = { signal: Context.current().cancellationSignal };
  const share = headersPerAudit / Math.max(1, manifest.objects);
  const etags = copiedEtags(deps.knex, edition.editionId);
  return (
    (await driftSeen('objects', () => verifyCopy({ ...deps, etags }, job, control))) ??
    (await driftSeen('headers', () =>
      verifyHeaders(deps, { ...job, surrogateKey: edition.surrogateKey, share }, control),
    ))
  );
}

async function driftSeen(drift: Drift, verify: () => Promise<void>): Promise<Sight | null> {
  try {
    await verify();
    return null;
  } catch (error) {
    if (hasCode(error, 'verification_failed')) return { drift, seen: error.message };
    throw error;
  }
}

async function heal(
  { knex, logger, metrics, workflows }: Dependencies,
  edition: AuditedEdition,
  { drift, seen }: Sight,
): Promise<void> {
  if (!(await transaction(knex, (trx) => markDrifted(trx, edition, drift)))) return;
  metrics.drifted(drift);
  logger.warn(
    { edition_id: edition.editionId, drift, seen },
    'an edition has drifted from what was published',
  );
  await workflows.wakeEdition(edition);
}

function prefixesOf({ bucket, productSlug, editionSlug, buildSlug }: AuditedEdition) {
  return {
    bucket,
    sourcePrefix: buildPrefix(productSlug, buildSlug),
    destinationPrefix: editionPrefix(productSlug, editionSlug),
  };
}
