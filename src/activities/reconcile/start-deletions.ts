import type { Knex } from 'knex';
import { type DueBuild, dueBuilds, markDeletions, unmarkDeletions } from '../../db/protocol/build-deletion.js';
import { summariseEditions } from '../../db/queries/editions.js';
import { transaction } from '../../db/transaction.js';
import { nameBuild } from '../../domain/urls.js';
import type { EditionSignal } from '../../services/ports.js';
import type { ActivityDeps } from '../dependencies.js';
import type { Part } from './pass-over.js';

type Deps = Pick<ActivityDeps, 'knex' | 'workflows' | 'deletions' | 'deletion' | 'logger'>;

/** An edition whose mark has changed, or a build that is due. */
type Removal = { readonly edition: EditionSignal } | { readonly build: DueBuild };

/**
 * Has removed what the settings give up: marks deprecated editions, whose own runs do the rest, and starts the run of
 * each build that is due and that nobody needs. Takes the mark back where the settings are others by now. Safe to
 * retry: it says what should be, and starting a run that is open does nothing.
 */
export function removalsPart(deps: Deps): Part<Removal> {
  return {
    find: async () => {
      const { marked, unmarked } = await transaction(deps.knex, (trx) => markEditions(trx, deps));
      const editions = await summariseEditions(deps.knex, [...marked, ...unmarked]);
      const builds = await dueBuilds(deps.knex, deps.deletion);
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
      'edition' in due ? deps.workflows.signalEdition(due.edition) : deps.deletions.startDeletion(due.build),
  };
}

async function markEditions(
  trx: Knex.Transaction,
  { deletion: { deprecatedAfterDays } }: Deps,
): Promise<{ marked: readonly number[]; unmarked: readonly number[] }> {
  const unmarked = await unmarkDeletions(trx, deprecatedAfterDays);
  const marked = deprecatedAfterDays === null ? [] : await markDeletions(trx, deprecatedAfterDays);
  return { marked, unmarked };
}
