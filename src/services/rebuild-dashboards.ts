import type { Knex } from 'knex';
import { lockAllProducts, lockProduct } from '../db/protocol/lock.js';
import { openDashboardsTask, type RequestedDashboard } from '../db/protocol/open-task.js';
import { transaction } from '../db/transaction.js';
import type { ServiceLogger, WorkflowStarter } from './ports.js';

/** What {@link rebuildDashboards} works with. */
export interface RebuildDashboardsDeps {
  readonly knex: Knex;
  readonly workflows: WorkflowStarter;
  readonly logger: ServiceLogger;
}

/** Whose dashboards are asked for. */
export interface RebuildDashboardsInput {
  /** One product's; absent for those of all products. */
  readonly productId?: number | undefined;
  /** Where the request reached the API. */
  readonly baseUrl: string;
}

/** So many workflows are woken at a time: none of them waits too long for its turn. */
const batch = 50;

/**
 * Asks for dashboards to be built again. Answers the task, which ends when all of them are, or null where there is no
 * product.
 *
 * @throws {LtdError} `not_found` for a product that is none.
 */
export async function rebuildDashboards(
  deps: RebuildDashboardsDeps,
  { productId, baseUrl }: RebuildDashboardsInput,
): Promise<string | null> {
  const task = await transaction(deps.knex, async (trx) => {
    const productIds =
      productId === undefined ? await lockAllProducts(trx) : [(await lockProduct(trx, productId)).id];
    return productIds.length === 0 ? null : openDashboardsTask(trx, { productIds, baseUrl });
  });
  if (task === null) return null;
  await signalAll(deps, task.dashboards);
  return task.taskId;
}

/** Never throws. Where Temporal does not answer for some, the rest is left to `Reconcile` and not waited for in vain. */
async function signalAll(
  { workflows, logger }: RebuildDashboardsDeps,
  dashboards: readonly RequestedDashboard[],
): Promise<void> {
  for (let first = 0; first < dashboards.length; first += batch) {
    const signals = dashboards.slice(first, first + batch).map((wake) => workflows.signalDashboard(wake));
    const failed = (await Promise.allSettled(signals)).filter((result) => result.status === 'rejected');
    if (failed[0] === undefined) continue;
    logger.warn({ err: failed[0].reason as unknown }, 'dashboards were not woken; Reconcile will start them');
    return;
  }
}
