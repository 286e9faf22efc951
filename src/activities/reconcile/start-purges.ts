import type { Knex } from 'knex';
import { type DueBuild, dueBuilds } from '../../db/protocol/build-purge.js';
import { markPurges, unmarkPurges } from '../../db/protocol/edition-purges.js';
import { summariseEditions } from '../../db/queries/summarise-editions.js';
import { transaction } from '../../db/transaction.js';
import { nameBuild } from '../../domain/urls.js';
import type { EditionWake } from '../../services/ports.js';
import type { ActivityDependencies } from '../dependencies.js';
import type { Part } from './pass-over.js';

type Dependencies = Pick<ActivityDependencies, 'knex' | 'workflows' | 'purges' | 'purge' | 'logger'>;

/** An edition whose mark has changed, or a build that is due. */
type Removal = { readonly edition: EditionWake } | { readonly build: DueBuild };

/**
 * Has removed what the settings give up: marks deprecated editions, whose own runs do the rest, and starts the run of
 * each build that is due and that nobody needs. Takes the mark back where the settings are others by now. Safe to retry:
 * it says what should be, and starting a run that is open does nothing.
 */
export function removalsPart(deps: Dependencies): Part<Removal> {
  return {
    find: async () => {
      const { marked, unmarked } = await transaction(deps.knex, (trx) => markEditions(trx, deps));
      const editions = await summariseEditions(deps.knex, [...marked, ...unmarked]);
      const builds = await dueBuilds(deps.knex, deps.purge);
      if (editions.length + builds.length > 0)
        deps.logger.info(
          {
            editions: marked,
            stopped: unmarked,
            builds: builds.map(({ buildId, buildSlug }) => nameBuild({ id: buildId, slug: buildSlug })),
          },
          'removing what is deprecated or abandoned',
        );
      return [...editions.map((edition) => ({ edition })), ...builds.map((build) => ({ build }))];
    },
    idOf: null,
    work: (due) =>
      'edition' in due ? deps.workflows.wakeEdition(due.edition) : deps.purges.startPurge(due.build),
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
