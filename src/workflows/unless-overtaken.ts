import { RetryState } from '@temporalio/common';
import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';

/** Either the work's result, or that it was given up for something newer. */
export type Overtakable<T> = { readonly overtaken: true } | { readonly overtaken: false; readonly result: T };

/**
 * Runs `work`, and cancels it when `overtaken` resolves first; work that is cancelled is waited for as its activities'
 * cancellation types say. Both run in scopes of their own, which end here. A cancellation from outside passes through.
 */
export async function unlessOvertaken<T>(
  overtaken: () => Promise<void>,
  work: () => Promise<T>,
): Promise<Overtakable<T>> {
  const working = new CancellationScope();
  const watching = new CancellationScope();
  watching
    .run(overtaken)
    .then(() => {
      working.cancel();
    })
    .catch((error: unknown) => {
      if (!isCancellation(error)) throw error;
    });
  try {
    return { overtaken: false, result: await working.run(work) };
  } catch (error) {
    // A cancellation from outside reaches both scopes: then nobody was overtaken.
    const outside = CancellationScope.current().consideredCancelled;
    if (working.consideredCancelled && !outside && isOfCancellation(error)) return { overtaken: true };
    throw error;
  } finally {
    watching.cancel();
  }
}

/**
 * Whether work ended because it was cancelled: it says so, or it failed (a worker that died, a store that was away) and
 * would have been tried again otherwise.
 */
function isOfCancellation(error: unknown): boolean {
  return (
    isCancellation(error) ||
    (error instanceof ActivityFailure && error.retryState === RetryState.CANCEL_REQUESTED)
  );
}
