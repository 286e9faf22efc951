import type { Knex } from 'knex';
import { cancelCurrent, failRestore, type PlanEnd, settlePlan } from '../../db/protocol/settle-plan.js';
import { transaction } from '../../db/transaction.js';
import type { RebuildPlan } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';
import { signalDownstream } from './signal-downstream.js';

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
