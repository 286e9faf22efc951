import {
  abandonUploads,
  auditDrift,
  markBuckets,
  reconcile,
  reconcileDomains,
  reconcileEvents,
  startPurges,
} from './proxies.js';

/**
 * Starts what should be running and is not: lost wakes, terminated runs, a new Temporal server all heal by it; and
 * what is due to be removed, is. Run by a Schedule.
 */
export async function Reconcile(): Promise<void> {
  await markBuckets();
  await reconcile();
  await reconcileEvents();
  await reconcileDomains();
  await auditDrift();
  await startPurges();
  await abandonUploads();
}
