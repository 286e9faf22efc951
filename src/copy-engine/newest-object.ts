import { assertPrefix, type CopyDeps } from './copy-job.js';
import { listObjects } from './list.js';

/** How the search is stopped. */
export interface NewestObjectControl {
  readonly signal: AbortSignal;
  /** An object written after this ends the search: what is newer still is not looked for. */
  readonly newEnough: Date;
}

/**
 * When the newest object under a prefix was written, by the store's clock; null where there is none. Only listings are
 * asked for.
 */
export async function newestObject(
  { store }: Pick<CopyDeps, 'store'>,
  target: { readonly bucket: string; readonly prefix: string },
  { signal, newEnough }: NewestObjectControl,
): Promise<Date | null> {
  assertPrefix(target.prefix);
  const gate = (): void => {
    signal.throwIfAborted();
  };
  let newest = Number.NEGATIVE_INFINITY;
  for await (const page of listObjects(store, { ...target, gate })) {
    for (const { modifiedAt } of page) newest = Math.max(newest, modifiedAt);
    if (newest > newEnough.getTime()) break;
  }
  return newest === Number.NEGATIVE_INFINITY ? null : new Date(newest);
}
