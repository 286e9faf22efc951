/** Waits for all, then throws what the first of them threw: nothing is left running behind the caller's back. */
export async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(promises))
    if (outcome.status === 'rejected') throw outcome.reason;
}
