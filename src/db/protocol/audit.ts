import type { Knex } from 'knex';
import type { DriftKind } from '../../domain/edition-state.js';
import { lockEdition } from './lock.js';

/** An edition at rest, and the build that its prefix should hold. */
export interface AuditedEdition {
  readonly editionId: number;
  readonly generation: number;
  readonly bucket: string;
  readonly productSlug: string;
  readonly editionSlug: string;
  readonly buildId: number;
  readonly buildSlug: string;
  readonly surrogateKey: string;
}

const auditedColumns = `editions.id AS "editionId", editions.generation, products.bucket_name AS bucket,
  products.slug AS "productSlug", editions.published_slug AS "editionSlug", builds.id AS "buildId",
  builds.slug AS "buildSlug", editions.surrogate_key AS "surrogateKey"`;

/** For all workers together. */
const pause = '1 minute';

/**
 * Returns the edition with the oldest audit and stores a new one's time. Null if an audit began within the last minute,
 * or no edition is at rest.
 */
export async function takeForAudit(knex: Knex): Promise<AuditedEdition | null> {
  const { rows } = await knex.raw<{ rows: AuditedEdition[] }>(
    /* sql */ `
    UPDATE editions SET audited_at = now()
    FROM products, builds
    WHERE editions.id = (
      SELECT id FROM editions
      WHERE NOT pending_rebuild AND NOT dirty AND published_build_id IS NOT NULL
      ORDER BY audited_at NULLS FIRST, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    )
      AND NOT EXISTS (SELECT FROM editions AS other WHERE other.audited_at > now() - :pause::interval)
      AND products.id = editions.product_id
      AND builds.id = editions.published_build_id
    RETURNING ${auditedColumns}`,
    { pause },
  );
  return rows[0] ?? null;
}

/** Which editions at rest to return. */
export type RestingEditions =
  /** The ones with the oldest audits. */
  | { readonly kind: 'sample'; readonly limit: number }
  /** Ordered by id. */
  | { readonly kind: 'page'; readonly after: number; readonly limit: number };

/** Returns editions at rest that show a build, and does not count as an audit. */
export async function restingEditions(knex: Knex, wanted: RestingEditions): Promise<readonly AuditedEdition[]> {
  const query = knex('editions')
    .join('products', 'products.id', 'editions.product_id')
    .join('builds', 'builds.id', 'editions.published_build_id')
    .where({ 'editions.pending_rebuild': false, 'editions.dirty': false })
    .whereNotNull('editions.published_build_id')
    .limit(wanted.limit);
  if (wanted.kind === 'sample') void query.orderByRaw('editions.audited_at NULLS FIRST, editions.id');
  else void query.where('editions.id', '>', wanted.after).orderBy('editions.id');
  return query.select<AuditedEdition[]>(knex.raw(auditedColumns));
}

/**
 * Marks an edition as dirty, because its prefix does not hold its build. Returns false if the edition has changed since
 * the audit looked. After a drift of headers the next copy trusts no headers and copies all objects.
 */
export async function markDrifted(
  trx: Knex.Transaction,
  audited: Pick<AuditedEdition, 'editionId' | 'generation'>,
  drift: DriftKind,
): Promise<boolean> {
  const edition = await lockEdition(trx, audited.editionId);
  const settled = !edition.pending_rebuild && !edition.dirty && edition.generation === audited.generation;
  if (settled)
    await trx('editions')
      .where({ id: edition.id })
      .update({ dirty: true, ...(drift === 'headers' ? { headers_policy: null } : {}) });
  return settled;
}
