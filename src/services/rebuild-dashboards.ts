import type { Knex } from 'knex';
import { lockAllProducts, lockProduct } from '../db/protocol/lock.js';
import { openDashboardsTask, type RequestedDashboard } from '../db/protocol/open-task.js';
import { transaction } from '../db/transaction.js';
import type { ServiceLogger, WorkflowStarter } from './ports.js';

/** The collaborators of {@link rebuildDashboards}. */
export interface RebuildDashboardsDeps {
  readonly knex: Knex;
  readonly workflows: WorkflowStarter;
  readonly logger: ServiceLogger;
}

/** The requested dashboards. */
export interface RebuildDashboardsInput {
  /** The product; absent for all products. */
  readonly productId?: number | undefined;
  /** The base URL by which the request reached the API. */
  readonly baseUrl: string;
}

/** The number of parallel signals: each ends before its time-out. */
const batch = 50;

/**
 * Requests new dashboards. Returns the id of the task, which ends when all are built; null if there are no products.
 *
 * @throws {LtdError} `not_found` for an unknown product.
 */
export async function rebuildDashboards(
  deps: RebuildDashboardsDeps,
  { productId, baseUrl }: RebuildDashboardsInput,
): Promise<string | null> {
  const task = await transaction(deps.knex, async (trx) => {
    const productIds = productId === undefined ? await lockAllProducts(trx) : [(await lockProduct(trx, productId)).id];
    return productIds.length === 0 ? null : openDashboardsTask(trx, { productIds, baseUrl });
  });
  if (task === null) return null;
  await signalAll(deps, task.dashboards);
  return task.taskId;
}

/** Never throws. After a failed signal it stops, since Temporal is down; `Reconcile` starts the other dashboards. */
async function signalAll(
  { workflows, logger }: RebuildDashboardsDeps,
  dashboards: readonly RequestedDashboard[],
): Promise<void> {
  for (let first = 0; first < dashboards.length; first += batch) {
    const signals = dashboards.slice(first, first + batch).map((dashboard) => workflows.signalDashboard(dashboard));
    const failed = (await Promise.allSettled(signals)).filter((result) => result.status === 'rejected');
    if (failed[0] === undefined) continue;
    logger.warn({ err: failed[0].reason as unknown }, 'dashboards were not signalled; Reconcile will start them');
    return;
  }
}
