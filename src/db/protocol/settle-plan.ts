import type { Knex } from 'knex';
import type { CopyCounts } from '../../domain/copy-counts.js';
import type { RebuildPlan, SettledOutcome } from '../../workflows/contract.js';
import type { Edition } from '../models/edition.js';
import { Rebuild } from '../models/rebuild.js';
import { declareRebuild } from './declare.js';
import { lockProductAndEdition } from './lock.js';
import { openTask } from './open-task.js';
import { settleGeneration } from './settle.js';

/** How a plan ended short of publication. */
export interface PlanEnd {
  readonly outcome: SettledOutcome;
  readonly error?: string;
  readonly counts?: CopyCounts;
}

/**
 * Settles the generation of a plan as failed or cancelled, if the plan is still the one. A failed generation falls back
 * to the newest earlier one that it superseded and that can be published.
 *
 * @returns whether it was settled here.
 */
export async function settlePlan(
  trx: Knex.Transaction,
  plan: Pick<RebuildPlan, 'planId' | 'editionId' | 'generation'>,
  end: PlanEnd,
): Promise<boolean> {
  const { edition } = await lockProductAndEdition(trx, plan.editionId);
  if (edition.plan_id !== plan.planId) return false;
  if (end.counts !== undefined)
    await Rebuild.query(trx)
      .where({ edition_id: edition.id, generation: plan.generation })
      .whereNull('outcome')
      .patch({ counts: end.counts });
  const settled = await settleGeneration(trx, {
    edition,
    generation: plan.generation,
    outcome: end.outcome,
    ...(end.error === undefined ? {} : { error: end.error }),
  });
  if (settled && end.outcome === 'failed') await fallBack(trx, edition, plan.generation);
  return settled;
}

/** Settles whatever generation an edition is at as cancelled: for a run that is cancelled before it has a plan. */
export async function cancelCurrent(trx: Knex.Transaction, editionId: number): Promise<boolean> {
  const { edition } = await lockProductAndEdition(trx, editionId);
  return settleGeneration(trx, { edition, generation: edition.generation, outcome: 'cancelled' });
}

/** A longer pause after each failure to restore, an hour at most. Seconds. */
const maxPause = 3_600;

/**
 * Notes that a restore failed for good. The edition stays dirty; Reconcile tries again after a pause that grows from 30
 * seconds to an hour.
 */
export async function failRestore(
  trx: Knex.Transaction,
  plan: Pick<RebuildPlan, 'planId' | 'editionId'>,
): Promise<void> {
  await trx('editions')
    .where({ id: plan.editionId, plan_id: plan.planId })
    .update({
      plan_id: null,
      plan_generation: null,
      phase: null,
      restore_failures: trx.raw('restore_failures + 1'),
      restore_after: trx.raw(`now() + make_interval(secs => least(?, 30 * 2 ^ least(restore_failures, 10)))`, [
        maxPause,
      ]),
    });
}

/**
 * Only where nothing newer is asked for, which would come next anyway, and only to what a failed rebuild superseded:
 * what a person gave up, with the generation that they cancelled or reset, stays given up.
 */
async function fallBack(trx: Knex.Transaction, edition: Edition, failed: number): Promise<void> {
  if (edition.generation !== failed || edition.date_ended !== null) return;
  const published = await lastPublished(trx, edition.id);
  const candidate = await Rebuild.query(trx)
    .join('builds', 'builds.id', 'rebuilds.build_id')
    .join('rebuilds as newer', 'newer.id', 'rebuilds.superseded_by')
    .where({ 'rebuilds.edition_id': edition.id, 'rebuilds.outcome': 'superseded', 'builds.uploaded': true })
    .where('newer.outcome', 'failed')
    .where('rebuilds.generation', '<', failed)
    .where('rebuilds.generation', '>', published)
    .whereNull('builds.date_ended')
    .whereNotIn('rebuilds.build_id', await failedBuilds(trx, edition.id, published))
    .orderBy('rebuilds.generation', 'desc')
    .select('rebuilds.build_id')
    .first();
  if (candidate === undefined) return;
  const rebuild = await declareRebuild(trx, {
    editionId: edition.id,
    buildId: candidate.build_id,
    requestedBy: `fallback from generation ${failed}`,
    // The failed build is no longer the mark: announced again, it is to be tried again.
    trackedBuildId: candidate.build_id,
  });
  // Nobody asked for it, but whoever is refused because of it is told where to watch it.
  await openTask(trx, { productId: edition.product_id, rebuilds: [rebuild] });
}

async function lastPublished(trx: Knex.Transaction, editionId: number): Promise<number> {
  const rebuild = await Rebuild.query(trx)
    .where({ edition_id: editionId, outcome: 'published' })
    .orderBy('generation', 'desc')
    .select('generation')
    .first();
  return rebuild?.generation ?? 0;
}

async function failedBuilds(trx: Knex.Transaction, editionId: number, since: number): Promise<number[]> {
  const rebuilds = await Rebuild.query(trx)
    .where({ edition_id: editionId, outcome: 'failed' })
    .where('generation', '>', since)
    .distinct('build_id');
  return rebuilds.map((rebuild) => rebuild.build_id);
}
