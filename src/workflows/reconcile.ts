import { ApplicationFailure, isCancellation, log } from '@temporalio/workflow';
import { reconcileParts, type PartReport, type ReconcilePart } from './contract.js';
import { stepFailure } from './failures.js';
import { reconcile } from './proxies.js';

/**
 * Starts every run that should be open: so lost signals, terminated runs and a new Temporal server heal. It also starts
 * due deletions. A Schedule runs it. Each part runs whatever happens to the others; the pass fails at its end if one of
 * them failed.
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
