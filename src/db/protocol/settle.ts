import type { Knex } from 'knex';
import { raw } from 'objection';
import type { CopyCounts } from '../../domain/copy-counts.js';
import type { RebuildOutcome } from '../../domain/edition-state.js';
import type { RebuildPlan, SettledOutcome } from '../../workflows/contract.js';
import { Edition } from '../models/edition.js';
import { Rebuild } from '../models/rebuild.js';
import { closeTasks } from './close-tasks.js';
import { declareRebuild } from './declare.js';
import { afterPause, lockProductAndEdition, noPlan } from './lock.js';
import { bumpDashboard, openTask } from './open-task.js';

/** How a generation ends. */
export interface Settlement {
  readonly edition: Pick<Edition, 'id' | 'product_id' | 'settled_generation'>;
  readonly generation: number;
  readonly outcome: RebuildOutcome;
  /** The reason of a failure, or the warning of a publication. */
  readonly error?: string;
}

/**
 * Settles a generation once; returns false if it is settled already. Older unfinished rebuilds end as superseded, the
 * plan becomes void, the dashboard is requested, and tasks without open parts close. The caller holds the locks of the
 * product and the edition.
 */
export async function settleGeneration(trx: Knex.Transaction, settlement: Settlement): Promise<boolean> {
  const { edition, generation } = settlement;
  if (edition.settled_generation >= generation) return false;
  await closeRebuilds(trx, settlement);
  await Edition.query(trx)
    .findById(edition.id)
    .patch({ ...noPlan, settled_generation: generation });
  await closeTasks(trx, edition.product_id);
  return true;
}

/**
 * Writes the outcome of a generation and of the ones that it supersedes, if they have none yet, with the dashboard
 * generation that will show it.
 */
export async function closeRebuilds(trx: Knex.Transaction, settlement: Settlement): Promise<void> {
  const { edition, generation, outcome } = settlement;
  const ended = {
    // Not now(): a rebuild may be requested after this transaction began.
    finished_at: raw('clock_timestamp()'),
    dashboard_generation: await bumpDashboard(trx, edition.product_id),
  };
  const closed = await Rebuild.query(trx)
    .where({ edition_id: edition.id, generation })
    .whereNull('outcome')
    .patch({ ...ended, outcome, error: settlement.error ?? null })
    .returning('id');
  const superseding = closed[0]?.id ?? (await rebuildId(trx, edition.id, generation));
  await Rebuild.query(trx)
    .where({ edition_id: edition.id })
    .where('generation', '<', generation)
    .whereNull('outcome')
    .patch({ ...ended, outcome: 'superseded', superseded_by: superseding });
}

async function rebuildId(trx: Knex.Transaction, editionId: number, generation: number): Promise<string | null> {
  const rebuild = await Rebuild.query(trx).findOne({ edition_id: editionId, generation }).select('id');
  return rebuild?.id ?? null;
}

/** How a plan ended without a publication. */
export interface PlanEnd {
  readonly outcome: SettledOutcome;
  readonly error?: string;
  readonly counts?: CopyCounts;
}

/**
 * Settles the generation of a plan as failed or cancelled, unless the plan is void. After a failure the edition falls
 * back to the newest superseded generation that can be published.
 *
 * @returns whether this call settled it.
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

/** Settles the current generation as cancelled, for a run that is cancelled before it has a plan. */
export async function cancelCurrent(trx: Knex.Transaction, editionId: number): Promise<boolean> {
  const { edition } = await lockProductAndEdition(trx, editionId);
  return settleGeneration(trx, { edition, generation: edition.generation, outcome: 'cancelled' });
}

/** Stores that a restore failed for good. The edition stays dirty, and Reconcile retries after a growing pause. */
export async function failRestore(
  trx: Knex.Transaction,
  plan: Pick<RebuildPlan, 'planId' | 'editionId'>,
): Promise<void> {
  await trx('editions')
    .where({ id: plan.editionId, plan_id: plan.planId })
    .update({
      ...noPlan,
      restore_failures: trx.raw('restore_failures + 1'),
      restore_after: trx.raw(afterPause('restore_failures')),
    });
}

/**
 * Declares an earlier build again, unless a newer generation waits. Only a build that a failed rebuild superseded: a
 * person has given up the builds before a cancelled or reset one.
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
    // A client that completes the failed build's upload again gets another attempt.
    trackedBuildId: candidate.build_id,
  });
  // A client that is refused because of this rebuild gets the task's address.
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
