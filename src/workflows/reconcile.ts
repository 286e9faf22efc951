import { reconcile } from './proxies.js';

/**
 * Starts what should be running and is not: lost wakes, terminated runs, a restored database, a new Temporal server all
 * heal by it. Run by a Schedule.
 */
export async function Reconcile(): Promise<void> {
  await reconcile();
}
