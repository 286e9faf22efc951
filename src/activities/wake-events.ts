import { editionsWithEvents } from '../db/queries/edition-events.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'workflows' | 'events' | 'logger'>;

/**
 * Wakes the delivery of an edition's events, where there are any. Safe to retry: a wake carries no work. It fails for
 * nothing of theirs, for no publication waits for an event; `Reconcile` starts what was not woken.
 */
export function createWakeEvents({ knex, workflows, events, logger }: Dependencies) {
  return async (editionId: number): Promise<void> => {
    if (events === null) return;
    const [edition] = await editionsWithEvents(knex, editionId);
    if (edition === undefined) return;
    await workflows.wakeEvents(edition).catch((error: unknown) => {
      logger.warn({ err: error, edition_id: editionId }, 'the delivery of events was not woken');
    });
  };
}
