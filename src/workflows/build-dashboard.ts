import { continueAsNew, sleep, workflowInfo } from '@temporalio/workflow';
import type { BuildDashboardInput } from './contract.js';
import { buildDashboard } from './proxies.js';
import { unlessOvertaken } from './carry-out.js';
import { watchSignals } from './signals.js';

/** An attempt that takes longer waits for a dashboard service that is down. */
const grace = '10s';

/**
 * Builds a product's dashboard until it is as new as the row demands. Each product has at most one open run, so two
 * never build it at once.
 */
export async function BuildDashboard({ productId }: BuildDashboardInput): Promise<void> {
  const signals = watchSignals();
  // A signal ends the pause between two attempts, so an old outage does not delay new work.
  const wokenAfterGrace = async (): Promise<void> => {
    await sleep(grace);
    await signals.untilNewerThan(0);
  };
  for (;;) {
    signals.forget();
    const attempt = await unlessOvertaken(wokenAfterGrace, () => buildDashboard(productId));
    const behind = attempt.overtaken || attempt.result;
    if (!behind && !signals.seen()) return;
    // A steady stream of signals would let one history grow without end. The next run begins with a build.
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof BuildDashboard>({ productId });
  }
}
