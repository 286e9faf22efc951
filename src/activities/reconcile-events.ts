import { editionsWithEvents, pruneEvents } from '../db/queries/edition-events.js';
import { eventsWorkflowId } from '../workflows/contract.js';
import type { ActivityDependencies } from './dependencies.js';
import { makeWay } from './make-way.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'workflows' | 'events' | 'logger'>;

/**
 * Starts the delivery of every event that nobody delivers, also where the run that should cannot go on, and removes those
 * that were delivered long ago. Safe to retry: one run of an edition is open at a time.
 */
export function createReconcileEvents({ knex, workflows, events, logger }: Dependencies) {
  return async (): Promise<void> => {
    await pruneEvents(knex);
    if (events === null) return;
    for (const edition of await editionsWithEvents(knex)) {
      await makeWay({ workflows, logger }, eventsWorkflowId(edition.editionId));
      await workflows.startEvents(edition);
    }
  };
}
