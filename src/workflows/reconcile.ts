import { auditDrift, noticeRestore, reconcile, reconcileDomains, reconcileEvents } from './proxies.js';

/**
 * Starts what should be running and is not: lost wakes, terminated runs, a restored database, a new Temporal server all
 * heal by it. Run by a Schedule.
 */
export async function Reconcile(): Promise<void> {
  // A restored database first: what that marks is started right after.
  await noticeRestore();
  await reconcile();
  await reconcileEvents();
  await reconcileDomains();
  await auditDrift();
}
