import { finishEvent } from '../../db/queries/edition-events.js';
import type { EventDelivery } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

/** Notes how the delivery of an event ended. Safe to retry: the first note stays. */
export function createFinishEvent({ knex, logger }: Pick<ActivityDeps, 'knex' | 'logger'>) {
  return async (eventId: string, delivery: EventDelivery): Promise<void> => {
    const noted = await finishEvent(knex, eventId, delivery);
    if (noted && delivery.outcome === 'rejected')
      logger.warn({ event_id: eventId, error: delivery.error }, 'an event was rejected by its receiver');
  };
}
