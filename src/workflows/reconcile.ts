import { ApplicationFailure, isCancellation, log } from '@temporalio/workflow';
import { reconcileParts, type PartReport, type ReconcilePart } from './contract.js';
import { stepFailure } from './failures.js';
import { reconcile } from './proxies.js';

/**
 * Starts what should be running and is not: lost signals, terminated runs, a new Temporal server all heal by it; and
 * what is due to be removed, is. Run by a Schedule. All parts run, whatever becomes of the others; the pass fails at
 * its end where one of them failed.
 */
export async function Reconcile(): Promise<Partial<Record<ReconcilePart, PartReport>>> {
  const ended = await Promise.allSettled(reconcileParts.map(async (part) => [part, await reconcile(part)] as const));
  const failures = ended.flatMap((end, index) =>
    end.status === 'rejected' ? [{ part: reconcileParts[index], error: end.reason as unknown }] : [],
  );
  for (const { part, error } of failures) {
    if (isCancellation(error)) throw error;
    log.warn('a part of a pass of Reconcile failed', { part, err: error });
  }
  if (failures.length > 0)
    throw ApplicationFailure.nonRetryable(
      failures.map(({ part, error }) => `${String(part)}: ${stepFailure(error)?.message ?? String(error)}`).join('; '),
      'pass_incomplete',
    );
  return Object.fromEntries(ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : [])));
}
