import { Context } from '@temporalio/activity';
import { dashboardBehind, recordDashboardAttempt } from '../../db/protocol/dashboard.js';
import { type CachedRow, isPurgeDueNow } from '../../db/protocol/owed-purges.js';
import { transaction } from '../../db/transaction.js';
import { hasCode } from '../../domain/errors.js';
import { productUrl } from '../../domain/urls.js';
import type { ActivityDeps } from '../dependencies.js';
import { purgeOwed } from '../rebuild/purge-owed.js';
import { whileBeating } from '../while-beating.js';

type Deps = Pick<ActivityDeps, 'knex' | 'cdn' | 'logger' | 'dashboard' | 'baseUrl'>;

/**
 * Builds a product's dashboard as of the generation that its row asks for, and answers whether it is still behind. Safe
 * to retry: it reads the newest generation each time and never records an older one over it. A failed attempt is
 * recorded too, for the tasks that wait only for the first.
 *
 * A cancelled attempt sends no more requests and records nothing: the next attempt replaces it.
 *
 * The dashboard counts as built once the CDN is purged, or has refused that for good: then the product owes the purge,
 * which a later call tries again.
 */
export function createBuildDashboard(deps: Deps) {
  const { knex, dashboard, baseUrl } = deps;
  return async (productId: number): Promise<boolean> => {
    const row = { table: 'products', id: productId } as const;
    const product = await dashboardBehind(knex, productId);
    if (product === null) {
      if (await isPurgeDueNow(knex, row)) await purge(deps, row, ['cdn_rejected', 'cdn_unavailable']);
      return false;
    }
    const context = Context.current();
    const of = { productId, generation: product.dashboard_generation };
    try {
      const url = productUrl(baseUrl ?? product.base_url, product.slug);
      // One step: it gets on when it ends.
      const beating = { context, latest: () => undefined, progress: () => 0 };
      const result = await whileBeating(beating, async (signal) => {
        const built = await dashboard.build({ productId, productUrl: url }, signal);
        await purge(deps, row, ['cdn_rejected']);
        return built;
      });
      return await transaction(knex, (trx) => recordDashboardAttempt(trx, of, { result }));
    } catch (error) {
      context.cancellationSignal.throwIfAborted();
      const message = error instanceof Error ? error.message : String(error);
      await transaction(knex, (trx) => recordDashboardAttempt(trx, of, { result: 'failed', error: message }));
      throw error;
    }
  };
}

/** Purges what the dashboard owes. A failure with one of these codes stays on the row, and Reconcile tries again. */
async function purge(deps: Deps, row: CachedRow, left: readonly ('cdn_rejected' | 'cdn_unavailable')[]): Promise<void> {
  try {
    await purgeOwed(deps, row);
  } catch (error) {
    if (!left.some((code) => hasCode(error, code))) throw error;
    deps.logger.warn({ product_id: row.id, err: error }, 'the CDN was not purged of a dashboard');
  }
}
