import type { EditionEvent } from '../../domain/edition-event.js';

/** Whoever wants to be told of publications. */
export interface EventReceiver {
  /**
   * Tells it of one. Resolves when it has taken the event; may be repeated, then it is told twice.
   *
   * @throws {KeeperError} `event_undelivered` (worth another try) or `event_rejected`; the signal's reason when it
   *   aborts.
   */
  deliver(event: EditionEvent, options?: { readonly signal?: AbortSignal }): Promise<void>;
}
