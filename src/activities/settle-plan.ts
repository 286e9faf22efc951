import { cancelCurrent, failRestore, settlePlan } from '../db/protocol/settle-plan.js';
import { transaction } from '../db/transaction.js';
import type { Activities } from './activities.js';
import type { ActivityDependencies } from './dependencies.js';

/**
 * The ways in which a plan ends short of publication. Safe to retry: an outcome is written once, and a void plan is left
 * alone.
 */
export function createSettlePlan({
  knex,
}: Pick<ActivityDependencies, 'knex'>): Pick<Activities, 'settlePlan' | 'cancelCurrent' | 'failRestore'> {
  return {
    settlePlan: (plan, end) => transaction(knex, (trx) => settlePlan(trx, plan, end)),
    // For a run without a plan: whatever generation the edition is at.
    cancelCurrent: (editionId) => transaction(knex, (trx) => cancelCurrent(trx, editionId)),
    // The edition stays dirty; Reconcile tries again later.
    failRestore: (plan) => transaction(knex, (trx) => failRestore(trx, plan)),
  };
}
