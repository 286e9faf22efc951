import { Context } from '@temporalio/activity';
import type { EditionEvent } from '../domain/edition-event.js';
import { isUndelivered } from '../db/queries/edition-events.js';
import { hasCode, KeeperError } from '../domain/errors.js';
import type { ActivityDependencies } from './dependencies.js';

/**
 * Sends an event to its receiver. Safe to retry: an event that was taken and not noted as such is sent again, which
 * receivers know of.
 *
 * One whose delivery has ended is not sent: a worker that was frozen finds attempts that were meant for it long ago, and
 * the receiver has been told of newer publications meanwhile.
 */
export function createDeliverEvent({
  events,
  metrics,
  knex,
}: Pick<ActivityDependencies, 'events' | 'metrics' | 'knex'>) {
  /** @param id - Undefined for runs that a release before this one began. */
  return async (event: EditionEvent, id?: string): Promise<void> => {
    // Another worker may have the setting, or this one after its next start.
    if (events === null)
      throw new KeeperError(
        'event_undelivered',
        'LTD_EVENTS_URL is not set for this worker: set it, or terminate the run',
      );
    if (id !== undefined && !(await isUndelivered(knex, id))) return;
    try {
      await events.deliver(event, { signal: Context.current().cancellationSignal });
    } catch (error) {
      metrics.delivered(hasCode(error, 'event_rejected') ? 'rejected' : 'undelivered');
      throw error;
    }
    metrics.delivered('delivered');
  };
}
