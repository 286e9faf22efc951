import { nextEvent } from '../../db/queries/edition-events.js';
import type { UndeliveredEvent } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

/** The oldest event of an edition that is not delivered, or null. Safe to retry: it only looks. */
export function createNextEvent({ knex }: Pick<ActivityDeps, 'knex'>) {
  return (editionId: number): Promise<UndeliveredEvent | null> => nextEvent(knex, editionId);
}
