import type { Task } from '../client/answers.js';

const width = 24;

/** Returns a task's progress on one line: `copying [####----] 12 of 20 objects`. */
export function describeProgress({ status, metadata }: Task): string {
  const sum = (pick: (edition: Task['metadata']['editions'][number]) => number): number =>
    metadata.editions.reduce((total, edition) => total + pick(edition), 0);
  const total = sum((edition) => edition.objects_total);
  const done = sum((edition) => edition.objects_done);
  if (total === 0) return `${status}: ${metadata.phase}`;
  const filled = Math.floor((width * done) / total);
  const bar = `${'#'.repeat(filled)}${'-'.repeat(width - filled)}`;
  return `${status}: ${metadata.phase} [${bar}] ${done} of ${total} objects`;
}

/** Describes the result of a finished task. */
export function describeOutcome({ status, metadata }: Task): string {
  const parts = metadata.editions.map(
    ({ objects_total, objects_unchanged, objects_removed }) =>
      `${objects_total} objects, ${objects_unchanged} unchanged, ${objects_removed} removed`,
  );
  return parts.length === 0 ? status : `${status}: ${parts.join('; ')}`;
}

/** Describes why a task failed. */
export function describeFailure({ status, metadata }: Task): string {
  const reasons = metadata.editions.flatMap(({ last_error: reason }) => reason ?? []);
  return `the task ended as ${status}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`;
}
