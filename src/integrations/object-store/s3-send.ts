import { attempt, type AttemptPolicy, defaultAttemptPolicy } from './attempts.js';
import type { Gate } from './object-store.js';
import { type StoreContext, storeError } from './s3-errors.js';

/** Sends one request of the SDK, as often as the policy says, and throws a `KeeperError` that tells what it was about. */
export type Send = <T>(
  request: StoreContext & { readonly gate: Gate | undefined },
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
) => Promise<T>;

/** A {@link Send} with the default policy where `policy` does not say otherwise. */
export function createSend(policy: Partial<AttemptPolicy> = {}): Send {
  return ({ gate, ...context }, send) =>
    attempt(
      { ...defaultAttemptPolicy, ...policy },
      {
        gate,
        send: (abortSignal) => send({ abortSignal }),
        translate: (error) => storeError(error, context),
      },
    );
}
