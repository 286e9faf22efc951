import type { EditionEvent } from '../../domain/edition-event.js';

/** Whoever wants to be told of publications. */
export interface EventReceiver {
  /**
   * Tells it of one. Resolves when it has taken the event; may be repeated, then it is told twice.
   *
   * @throws {LtdError} `event_undelivered` when another try may succeed; `event_refused` when the receiver refuses the
   *   caller or the address, which may pass; `event_rejected` when it refuses the event itself; the signal's reason
   *   when it aborts.
   */
  deliver(event: EditionEvent, options?: { readonly signal?: AbortSignal }): Promise<void>;
}
