import { inspectBacklog } from '../db/inspect.js';
import type { DoctorDependencies } from './dependencies.js';
import { failure, type Finding, ok, warning } from './finding.js';

/** Something is held up when a rebuild has not ended after this long. Minutes. */
const longWait = 60;

const mendEditions =
  "'temporal workflow describe --workflow-id rebuild-edition-<id>' says why; it is tried again by itself, an hour later at most.";

/** Is everything done that was asked for? */
export async function checkBacklog({ knex }: Pick<DoctorDependencies, 'knex'>): Promise<readonly Finding[]> {
  const name = 'backlog';
  const { editions, unrestored, unremoved, oldestMinutes, oldestEdition } = await inspectBacklog(knex);
  const minutes = oldestMinutes ?? 0;
  const failures = [
    { of: unrestored, what: 'What was published could not be restored' },
    { of: unremoved, what: 'What nobody shows could not be removed' },
  ].filter(({ of }) => of.length > 0);
  if (failures.length > 0)
    return failures.map(({ of, what }) =>
      failure(name, `${what} of editions ${of.join(', ')}.`, mendEditions),
    );
  if (minutes >= longWait)
    return [
      warning(
        name,
        `A rebuild of edition ${String(oldestEdition)} was asked for ${minutes} minutes ago and has not ended.`,
        `'temporal workflow describe --workflow-id rebuild-edition-${String(oldestEdition)}' says what it waits for.`,
      ),
    ];
  return [
    ok(name, editions === 0 ? 'Every edition is at rest.' : `${editions} editions are being worked on.`),
  ];
}
