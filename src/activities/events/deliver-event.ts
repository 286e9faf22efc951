import { Context } from '@temporalio/activity';
import { finishEvent, nextEvent, noteRefusal, undeliveredHours } from '../../db/queries/edition-events.js';
import type { EditionEvent } from '../../domain/edition-event.js';
import { hasCode, LtdError } from '../../domain/errors.js';
import type { EventDelivery, UndeliveredEvent } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

/**
 * A receiver that is deployed again answers 401 or 404 for a while, and a credential is replaced after a weekend. An
 * event that is refused so when it is older than this is written off. Hours.
 */
const refusedForHours = 72;

/**
 * Sends an event to its receiver. Safe to retry: an event that was taken and not noted as such is sent again, which
 * receivers know of.
 *
 * One whose delivery has ended is not sent: a worker that was frozen finds attempts that were meant for it long ago,
 * and the receiver has been told of newer publications meanwhile.
 */
export function createDeliverEvent({ events, metrics, knex }: Pick<ActivityDeps, 'events' | 'metrics' | 'knex'>) {
  /** @param id - Undefined for runs that a release before this one began. */
  return async (event: EditionEvent, id?: string): Promise<void> => {
    // Another worker may have the setting, or this one after its next start.
    if (events === null)
      throw new LtdError(
        'event_undelivered',
        'LTD_EVENTS_URL is not set for this worker: set it, or terminate the run',
      );
    const hours = id === undefined ? 0 : await undeliveredHours(knex, id);
    if (hours === null) return;
    try {
      await events.deliver(event, { signal: Context.current().cancellationSignal });
    } catch (error) {
      const last = hasCode(error, 'event_refused') && hours >= refusedForHours ? writtenOff(error) : error;
      metrics.delivered(hasCode(last, 'event_rejected') ? 'rejected' : 'undelivered');
      if (id !== undefined && hasCode(last, 'event_refused')) await noteRefusal(knex, id, last.message);
      throw last;
    }
    metrics.delivered('delivered');
  };
}

function writtenOff(error: LtdError): LtdError {
  const message = `${error.message} The event is ${refusedForHours} hours old or older: it is written off.`;
  return new LtdError('event_rejected', message, { cause: error });
}

/** Notes how the delivery of an event ended. Safe to retry: the first note stays. */
export function createFinishEvent({ knex, logger }: Pick<ActivityDeps, 'knex' | 'logger'>) {
  return async (eventId: string, delivery: EventDelivery): Promise<void> => {
    const noted = await finishEvent(knex, eventId, delivery);
    if (noted && delivery.outcome === 'rejected')
      logger.warn({ event_id: eventId, error: delivery.error }, 'an event was rejected by its receiver');
  };
}

/** The oldest event of an edition that is not delivered, or null. Safe to retry: it only looks. */
export function createNextEvent({ knex }: Pick<ActivityDeps, 'knex'>) {
  return (editionId: number): Promise<UndeliveredEvent | null> => nextEvent(knex, editionId);
}
