import { Context } from '@temporalio/activity';
import type { EditionEvent } from '../domain/edition-event.js';
import { hasCode, KeeperError } from '../domain/errors.js';
import type { ActivityDependencies } from './dependencies.js';

/**
 * Sends an event to its receiver. Safe to retry: an event that was taken and not noted as such is sent again, which
 * receivers know of.
 */
export function createDeliverEvent({ events, metrics }: Pick<ActivityDependencies, 'events' | 'metrics'>) {
  return async (event: EditionEvent): Promise<void> => {
    // Another worker may have the setting, or this one after its next start.
    if (events === null)
      throw new KeeperError(
        'event_undelivered',
        'LTD_EVENTS_URL is not set for this worker: set it, or terminate the run',
      );
    try {
      await events.deliver(event, { signal: Context.current().cancellationSignal });
    } catch (error) {
      metrics.delivered(hasCode(error, 'event_rejected') ? 'rejected' : 'undelivered');
      throw error;
    }
    metrics.delivered('delivered');
  };
}
