import { Context } from '@temporalio/activity';
import { dashboardBehind, recordDashboardAttempt } from '../db/protocol/dashboard.js';
import { transaction } from '../db/transaction.js';
import { productUrl } from '../domain/urls.js';
import type { ActivityDependencies } from './dependencies.js';
import { whileBeating } from './while-beating.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'dashboard' | 'baseUrl'>;

/**
 * Builds a product's dashboard as of the generation that its row asks for, and answers whether it is still behind. Safe to
 * retry: it reads the newest generation each time and never records an older one over it. A failed attempt is recorded
 * too, for the tasks that wait only for the first.
 */
export function createBuildDashboard({ knex, dashboard, baseUrl }: Dependencies) {
  return async (productId: number): Promise<boolean> => {
    const product = await dashboardBehind(knex, productId);
    if (product === null) return false;
    const of = { productId, generation: product.dashboard_generation };
    try {
      const url = productUrl(baseUrl ?? product.base_url, product.slug);
      // One step: it gets on when it ends.
      const beating = { context: Context.current(), latest: () => undefined, progress: () => 0 };
      const result = await whileBeating(beating, () => dashboard.build({ productId, productUrl: url }));
      return await transaction(knex, (trx) => recordDashboardAttempt(trx, of, { result }));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await transaction(knex, (trx) => recordDashboardAttempt(trx, of, { result: 'failed', error: message }));
      throw error;
    }
  };
}
