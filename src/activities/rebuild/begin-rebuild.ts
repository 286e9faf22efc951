import { beginRebuild } from '../../db/protocol/begin.js';
import { transaction } from '../../db/transaction.js';
import type { EditionWork } from '../../workflows/contract.js';
import type { ActivityDeps } from '../dependencies.js';

/**
 * Looks at the edition and fixes a plan, or answers what else there is to do. Safe to retry: a second run makes a new
 * plan, and the first one's token is void before anybody used it.
 */
export function createBeginRebuild({ knex }: Pick<ActivityDeps, 'knex'>) {
  return (editionId: number): Promise<EditionWork> =>
    transaction(knex, (trx) => beginRebuild(trx, editionId));
}
