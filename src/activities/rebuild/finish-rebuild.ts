import type { Knex } from 'knex';
import { beginRebuild } from '../../db/protocol/begin.js';
import { finishRebuild } from '../../db/protocol/finish.js';
import { cancelCurrent, failRestore, type PlanEnd, settlePlan } from '../../db/protocol/settle.js';
import { transaction } from '../../db/transaction.js';
import type { CopyCounts } from '../../domain/copy-counts.js';
import type { EditionWork, RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';
import { signalDownstream } from './signal-downstream.js';

/**
 * Publishes, if the row proves that the bucket holds the plan's build, and signals what follows: as a step of its own
 * that would cost every publication a round through Temporal. Safe to retry: the plan is void after the first time, a
 * second run answers false, and the workflow looks again and finds nothing to do.
 */
export function createFinishRebuild(
  deps: Pick<ActivityDeps, 'knex' | 'workflows' | 'events' | 'logger' | 'rebuilds' | 'baseUrl'>,
) {
  const events = deps.events === null ? null : { baseUrl: deps.baseUrl };
  return async (plan: RebuildPlan, counts: CopyCounts, warning: string | null): Promise<boolean> => {
    const done = await transaction(deps.knex, (trx) => finishRebuild(trx, plan, { counts, warning, events }));
    if (done) await signalDownstream(deps, plan.editionId);
    // A restore ends no rebuild.
    if (done && !plan.restore) await deps.rebuilds.ended(plan.editionId, plan.generation);
    return done;
  };
}

/**
 * Looks at the edition and fixes a plan, or answers what else there is to do. Safe to retry: a second run makes a new
 * plan, and the first one's token is void before anybody used it.
 */
export function createBeginRebuild({ knex }: Pick<ActivityDeps, 'knex'>) {
  return (editionId: number): Promise<EditionWork> => transaction(knex, (trx) => beginRebuild(trx, editionId));
}

type Deps = Pick<ActivityDeps, 'knex' | 'workflows' | 'events' | 'logger' | 'rebuilds'>;

/** The steps that end a plan without a publication. */
export interface PlanSettlingSteps {
  readonly settlePlan: (plan: RebuildPlan, end: PlanEnd) => Promise<boolean>;
  readonly cancelCurrent: (editionId: number) => Promise<boolean>;
  readonly failRestore: (plan: RebuildPlan) => Promise<void>;
}

/**
 * The ways in which a plan ends short of publication; what follows is woken. Safe to retry: an outcome is written once,
 * and a void plan is left alone.
 */
export function createSettlePlan(deps: Deps): PlanSettlingSteps {
  const settle = async (
    edition: Pick<RebuildPlan, 'editionId'> & Partial<Pick<RebuildPlan, 'generation'>>,
    work: (trx: Knex.Transaction) => Promise<boolean>,
  ): Promise<boolean> => {
    const settled = await transaction(deps.knex, work);
    await signalDownstream(deps, edition.editionId);
    if (settled) await deps.rebuilds.ended(edition.editionId, edition.generation);
    return settled;
  };
  return {
    settlePlan: (plan, end) => settle(plan, (trx) => settlePlan(trx, plan, end)),
    // For a run without a plan: whatever generation the edition is at.
    cancelCurrent: (editionId) => settle({ editionId }, (trx) => cancelCurrent(trx, editionId)),
    // The edition stays dirty; Reconcile tries again later.
    failRestore: (plan) => transaction(deps.knex, (trx) => failRestore(trx, plan)),
  };
}
