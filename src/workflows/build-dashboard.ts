import { continueAsNew, sleep, workflowInfo } from '@temporalio/workflow';
import type { BuildDashboardInput } from './contract.js';
import { buildDashboard } from './proxies.js';
import { unlessOvertaken } from './carry-out.js';
import { watchSignals } from './signals.js';

/** An attempt that takes longer than this is waiting for a dashboard service that is down. */
const grace = '10s';

/**
 * Builds a product's dashboard until it is as new as the row asks for, then ends. That one run is open per product is
 * what keeps two from building it at once.
 */
export async function BuildDashboard({ productId }: BuildDashboardInput): Promise<void> {
  const signals = watchSignals();
  // A wake ends the pause between two attempts, so that new work is not kept waiting by an old outage.
  const wokenAfterGrace = async (): Promise<void> => {
    await sleep(grace);
    await signals.untilNewerThan(0);
  };
  for (;;) {
    signals.forget();
    const attempt = await unlessOvertaken(wokenAfterGrace, () => buildDashboard(productId));
    const behind = attempt.overtaken || attempt.result;
    if (!behind && !signals.seen()) return;
    // Signals in a steady stream would let one history grow for ever. The next run begins by looking.
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof BuildDashboard>({ productId });
  }
}
