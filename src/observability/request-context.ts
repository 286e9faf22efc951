import { AsyncLocalStorage } from 'node:async_hooks';

/*
 * The one thing here that is not handed from function to function: an id that decides nothing, and that every line of
 * the log, every call to Temporal and every request to the object store is to bear, however deep it is made.
 */
const storage = new AsyncLocalStorage<string>();

/** Does work for the request of this id: everything that it awaits knows it by {@link currentRequestId}. */
export function withRequestId<T>(requestId: string, work: () => T): T {
  return storage.run(requestId, work);
}

/** The id of the request that is being worked for; undefined where nobody asked. */
export function currentRequestId(): string | undefined {
  return storage.getStore();
}
