import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { raw } from 'objection';
import { needsWork, rebuildTarget } from '../../domain/edition-state.js';
import type { EditionWork, PlannedBuild } from '../../workflows/contract.js';
import { Build } from '../models/build.js';
import { Edition } from '../models/edition.js';
import { Product } from '../models/product.js';
import { Rebuild } from '../models/rebuild.js';
import { lockEdition } from './lock.js';
import { isPurgeDueNow } from './owed-purges.js';

/**
 * Decides under the edition's lock what a run has to do. A new plan has a new token, so every earlier plan is void; the
 * edition is dirty until a plan ends. If only a purge is due, there is no plan. Safe to repeat.
 */
export async function beginRebuild(trx: Knex.Transaction, editionId: number): Promise<EditionWork> {
  const edition = await lockEdition(trx, editionId);
  const vacating = await vacatingSlugs(trx, editionId);
  const { pending_rebuild: pending, dirty, deleting } = edition;
  if (!needsWork({ pending, dirty, vacating: vacating.length > 0, deleting })) {
    const owes = edition.purge_done < edition.purge_due;
    return owes && (await isPurgeDueNow(trx, { table: 'editions', id: editionId })) ? 'purge' : null;
  }
  const { build_id: declared, published_build_id: published } = edition;
  const target = rebuildTarget({ pending, deleting, declared, published });
  const planId = await startPlan(trx, edition);
  const product = await Product.query(trx).findById(edition.product_id).throwIfNotFound();
  return {
    planId,
    editionId,
    productId: product.id,
    generation: edition.generation,
    restore: !pending,
    target: await plannedBuild(trx, target),
    bucket: product.bucket_name,
    productSlug: product.slug,
    editionSlug: edition.slug,
    surrogateKey: edition.surrogate_key,
    requestId: await requestIdOf(trx, edition),
  };
}

/** Returns the former slugs of an edition whose objects are not deleted yet. */
export async function vacatingSlugs(knex: Knex, editionId: number): Promise<readonly string[]> {
  return knex('held_slugs').where({ edition_id: editionId, vacating: true }).pluck<string[]>('slug');
}

async function requestIdOf(trx: Knex.Transaction, { id, generation }: Edition): Promise<string | null> {
  const rebuild = await Rebuild.query(trx).findOne({ edition_id: id, generation }).select('request_id');
  return rebuild?.request_id ?? null;
}

async function startPlan(trx: Knex.Transaction, edition: Edition): Promise<string> {
  const planId = randomUUID();
  await Edition.query(trx)
    .findById(edition.id)
    .patch({ plan_id: planId, plan_generation: edition.generation, phase: null, dirty: true });
  if (edition.pending_rebuild)
    await Rebuild.query(trx)
      .where({ edition_id: edition.id, generation: edition.generation })
      .whereNull('started_at')
      .patch({ started_at: raw('now()') });
  return planId;
}

async function plannedBuild(trx: Knex.Transaction, buildId: number | null): Promise<PlannedBuild | null> {
  if (buildId === null) return null;
  const { id, slug } = await Build.query(trx).findById(buildId).select('id', 'slug').throwIfNotFound();
  return { id, slug };
}
