import type { Knex } from 'knex';
import { type DueBuild, dueBuilds, markDeletions, unmarkDeletions } from '../../db/protocol/build-deletion.js';
import { summariseEditions } from '../../db/queries/editions.js';
import { transaction } from '../../db/transaction.js';
import { nameBuild } from '../../domain/urls.js';
import type { EditionSignal } from '../../services/ports.js';
import type { ActivityDeps } from '../dependencies.js';
import type { Part } from './pass-over.js';

type Deps = Pick<ActivityDeps, 'knex' | 'workflows' | 'deletions' | 'deletion' | 'logger'>;

/** An edition whose mark changed, or a build that is due for deletion. */
type Removal = { readonly edition: EditionSignal } | { readonly build: DueBuild };

/**
 * Marks deprecated editions for deletion by their own runs, starts the deletion of each build that is due, and unmarks
 * editions if the settings changed. Safe to retry: starting a run that is open does nothing.
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
