import type { Knex } from 'knex';
import { dueBuilds } from '../db/protocol/build-purge.js';
import { markPurges, unmarkPurges } from '../db/protocol/edition-purges.js';
import { summariseEditions } from '../db/queries/summarise-editions.js';
import { transaction } from '../db/transaction.js';
import type { ActivityDependencies } from './dependencies.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'workflows' | 'purges' | 'purge' | 'logger'>;

/**
 * Has removed what the settings give up: marks deprecated editions, whose own runs do the rest, and starts the run of
 * each build that is due and that nobody needs. Takes the mark back where the settings are others by now. Safe to retry:
 * it says what should be, and starting a run that is open does nothing.
 */
export function createStartPurges(deps: Dependencies) {
  return async (): Promise<void> => {
    const { marked, unmarked } = await transaction(deps.knex, (trx) => markEditions(trx, deps));
    for (const edition of await summariseEditions(deps.knex, [...marked, ...unmarked]))
      await deps.workflows.wakeEdition(edition);
    const builds = await dueBuilds(deps.knex, deps.purge);
    for (const build of builds) await deps.purges.startPurge(build);
    if (marked.length + unmarked.length + builds.length > 0)
      deps.logger.info(
        { editions: marked, stopped: unmarked, builds: builds.map(({ buildId }) => buildId) },
        'removing what is deprecated or abandoned',
      );
  };
}

async function markEditions(
  trx: Knex.Transaction,
  { purge: { deprecatedAfterDays } }: Dependencies,
): Promise<{ marked: readonly number[]; unmarked: readonly number[] }> {
  const unmarked = await unmarkPurges(trx, deprecatedAfterDays);
  const marked = deprecatedAfterDays === null ? [] : await markPurges(trx, deprecatedAfterDays);
  return { marked, unmarked };
}
