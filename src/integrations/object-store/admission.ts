import type { Gate } from './object-store.js';

/** What a request is to the store: S3 counts those that read (HEAD, LIST) and those that write apart. */
export const requestKinds = ['read', 'write'] as const;

/** One of {@link requestKinds}. */
export type RequestKind = (typeof requestKinds)[number];

/**
 * How an attempt ended, for whoever decides how many may follow: the store `answered`, also with an error; `refused` it
 * because there were too many; it stayed `unanswered` (time-outs, resets); or it was `unsent`, since the gate forbade
 * it.
 */
export type AttemptOutcome = 'answered' | 'refused' | 'unanswered' | 'unsent';

/** A place in line that came up: the one attempt that may now be sent. */
export interface Turn {
  /** Must be called once, as soon as the attempt has ended. */
  end(outcome: AttemptOutcome): void;
}

/** An attempt that wants its turn. */
export interface TurnRequest {
  readonly kind: RequestKind;
  /** What the store counts it as; 1 but for requests about many objects. */
  readonly cost: number;
  /** Asked when the turn comes: one whose request may not be sent any more is not given. */
  readonly gate: Gate | undefined;
}

/** Lets attempts through, one after the other. */
export interface Admission {
  /** Resolves when the attempt may be sent; rejects with what the gate threw. */
  enter(request: TurnRequest): Promise<Turn>;
}

/** How urgent the requests of a flow are: `low` ones get one turn in sixteen while others wait. */
export type FlowPriority = 'normal' | 'low';

/** What the requests of a flow wait for: the store accepts no more (`throttled`), or other flows use it (`busy`). */
export type StoreWait = 'throttled' | 'busy';

/** The state of the requests of a flow. */
export interface StorePressure {
  /** Requests of this flow under way. */
  readonly inFlight: number;
  /** The most requests that the process may have under way, of the kind that this flow has most of. */
  readonly window: number;
  /** Null while only the store's own response time delays the flow. */
  readonly waitsFor: StoreWait | null;
  /** Since when the flow waits, in milliseconds since 1970; null if it does not. */
  readonly since: number | null;
  /** Changes when an attempt of this flow ends; while the flow waits for its turn, when any attempt does. */
  readonly progress: number;
}

const freeTurn: Turn = { end: () => undefined };

/** Lets everything through at once. */
export const openAdmission: Admission = { enter: () => Promise.resolve(freeTurn) };
