import { type Admission, openAdmission, type RequestKind } from './admission.js';
import { attempt, type AttemptPolicy, defaultAttemptPolicy } from './attempts.js';
import type { Deadline } from './deadline.js';
import type { Gate } from './object-store.js';
import { attemptOutcome, type StoreContext, storeError } from './s3-errors.js';

/** A request, and what is known of it before it is sent. */
export interface SendRequest<T> extends StoreContext {
  readonly gate: Gate | undefined;
  readonly kind: RequestKind;
  /** What the store counts it as. @default 1 */
  readonly cost?: number;
  /** Whether the answer, though a good one, says that the store refused a part for too many requests. @default no */
  isRefusal?(answer: T): boolean;
}

/** Sends one request, as often as the policy says, and throws a `LtdError` that tells what it was about. */
export type Send = <T>(request: SendRequest<T>, send: (deadline: Deadline) => Promise<T>) => Promise<T>;

/** A {@link Send} with the default policy where `policy` does not say otherwise; each attempt waits for its turn. */
export function createSend(policy: Partial<AttemptPolicy> = {}, admission: Admission = openAdmission): Send {
  const complete = { ...defaultAttemptPolicy, ...policy };
  return (request, send) => {
    const { gate, kind, cost = 1 } = request;
    return attempt(complete, {
      gate,
      enter: () => admission.enter({ kind, cost, gate }),
      send,
      judge: (end) => {
        if ('error' in end) return attemptOutcome(end.error);
        return request.isRefusal?.(end.answer) === true ? 'refused' : 'answered';
      },
      translate: (error) => storeError(error, request),
    });
  };
}
