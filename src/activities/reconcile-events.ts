import { editionsWithEvents, pruneEvents } from '../db/queries/edition-events.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'workflows' | 'events'>;

/**
 * Starts the delivery of every event that nobody delivers, and removes those that were delivered long ago. Safe to retry:
 * one run of an edition is open at a time.
 */
export function createReconcileEvents({ knex, workflows, events }: Dependencies) {
  return async (): Promise<void> => {
    await pruneEvents(knex);
    if (events === null) return;
    for (const edition of await editionsWithEvents(knex)) await workflows.startEvents(edition);
  };
}
