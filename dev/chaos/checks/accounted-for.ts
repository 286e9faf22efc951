import type { FinalRebuild, FinalState } from '../final-state.js';
import { type AcceptedRequest, isAccepted } from '../history.js';
import type { Check } from './violation.js';

/**
 * Every accepted request has a task, whose rebuilds are those that it asked for, and whose end is final and true; every
 * build that was registered is there.
 */
export const accountedFor: Check = ({ events, final }) => {
  const tasks = new Map(final.tasks.map((task) => [task.id, task]));
  const lost = events.filter(isAccepted).flatMap((request) => {
    const task = tasks.get(request.task);
    if (task === undefined) return [`${nameOf(request)} was accepted, and its task is not there`];
    return wronglyDone(request, rebuildsOf(final, task.rebuilds), final);
  });
  return [...lost, ...final.tasks.flatMap((task) => untrueEnd(final, task))];
};

function rebuildsOf({ rebuilds }: FinalState, ids: readonly string[]): readonly FinalRebuild[] {
  return rebuilds.filter(({ id }) => ids.includes(id));
}

/** What a request asked for and its task does not have. An announcement declares what tracking decides, or nothing. */
function wronglyDone(
  request: AcceptedRequest,
  rebuilds: readonly FinalRebuild[],
  { builds }: FinalState,
): readonly string[] {
  const { verb, edition, build, slug } = request;
  const ofEdition = rebuilds.filter((rebuild) => rebuild.edition === edition);
  switch (verb) {
    case 'roll back':
      return ofEdition.some((rebuild) => rebuild.build === build)
        ? []
        : [`${nameOf(request)} was accepted, and its task has no rebuild of that build`];
    case 'rebuild':
      return ofEdition.length > 0 ? [] : [`${nameOf(request)} was accepted, and its task has no rebuild`];
    case 'rename':
      return ofEdition.some((rebuild) => rebuild.slug === slug)
        ? []
        : [`${nameOf(request)} was accepted, and its task has no rebuild under that slug`];
    case 'announce':
      return rebuilds.every((rebuild) => rebuild.build === build)
        ? []
        : [`${nameOf(request)} was accepted, and its task has a rebuild of another build`];
    case 'register':
      return builds.some(({ id }) => id === build)
        ? []
        : [`${nameOf(request)} was accepted, and its build is not there`];
    case 'reset':
    case 'deprecate':
      return [];
    default:
      return verb satisfies never;
  }
}

/** A task without an end, or one that says otherwise than its rebuilds. */
function untrueEnd(final: FinalState, task: FinalState['tasks'][number]): readonly string[] {
  const outcomes = rebuildsOf(final, task.rebuilds).map((rebuild) => outcomeForTask(final, rebuild));
  if (task.status === null) return [`task ${task.id} has no end (outcomes: ${outcomes.join(', ') || 'none'})`];
  const expected = statusOf(outcomes);
  const told = task.told === null || task.told === task.status ? [] : [`the API says ${task.told}`];
  const kept =
    task.status === expected ? [] : [`its rebuilds (${outcomes.join(', ')}) make it ${expected ?? 'unfinished'}`];
  return [...told, ...kept].map((wrong) => `task ${task.id} ended as ${task.status}, but ${wrong}`);
}

/** A rebuild that was superseded by one of the same build has the outcome of that one. */
function outcomeForTask({ rebuilds }: FinalState, { build, outcome, supersededBy }: FinalRebuild): string | null {
  const newer = rebuilds.find(({ id }) => id === supersededBy);
  return newer?.build === build ? newer.outcome : outcome;
}

function statusOf(outcomes: readonly (string | null)[]): string | null {
  if (outcomes.includes(null)) return null;
  if (outcomes.every((outcome) => outcome === 'published')) return 'SUCCESS';
  return outcomes.includes('failed') ? 'FAILURE' : 'REVOKED';
}

function nameOf({ verb, edition, build, slug, task }: AcceptedRequest): string {
  return `'${verb}' (edition ${edition ?? '-'}, build ${build ?? '-'}, slug ${slug ?? '-'}, task ${task})`;
}
