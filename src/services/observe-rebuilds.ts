import type { TaskRebuildRow } from '../db/queries/tasks.js';
import type { LiveNumbers } from '../workflows/contract.js';
import type { LiveActivity, LiveRebuild, RebuildObserver } from './ports.js';

/** The live state of a task's unfinished rebuilds. */
export interface ObservedRebuilds {
  /** Returns the rebuild's run; null if there is none, or it works on another generation. */
  readonly live: (rebuild: TaskRebuildRow) => LiveRebuild | null;
  /** Returns who paused the edition's run, at any generation; null if it is not paused. */
  readonly pause: (rebuild: TaskRebuildRow) => string | null;
  /** Whether Temporal or a run's worker did not answer. */
  readonly stale: boolean;
}

/** The limit of queried runs: a task with more editions has live numbers for these only. */
const observedRuns = 20;

/** Queries Temporal about these rebuilds in parallel. Never throws: a missing answer sets `stale`. */
export async function observeRebuilds(
  observer: RebuildObserver,
  open: readonly TaskRebuildRow[],
): Promise<ObservedRebuilds> {
  const asked = open.slice(0, observedRuns).map(({ edition_id: id }) => id);
  const answers = await Promise.allSettled(asked.map((id) => observer.observe(id)));
  const runs = new Map<number, LiveRebuild>();
  let stale = false;
  for (const [index, answer] of answers.entries()) {
    const id = asked[index];
    if (answer.status === 'rejected') stale = true;
    else if (id !== undefined && answer.value !== null) {
      runs.set(id, answer.value);
      // A paused run may answer no query.
      stale ||= answer.value.status === null && answer.value.pause === null;
    }
  }
  return {
    live: (rebuild) => unlessOther(runs.get(rebuild.edition_id), rebuild.generation),
    pause: (rebuild) => runs.get(rebuild.edition_id)?.pause ?? null,
    stale,
  };
}

/** Whether the activity waits for another attempt after a failure. */
export function isBackingOff(activity: LiveActivity): boolean {
  return activity.attempt > 1 && activity.lastError !== null && activity.nextRetryAt !== null;
}

/** Returns the phase of a task with these unfinished rebuilds. */
export function phaseOf(open: readonly TaskRebuildRow[], { live }: ObservedRebuilds): string {
  if (open.length === 0) return 'building the dashboard';
  const running = open.map((rebuild) => live(rebuild)?.status?.phase).find((phase) => phase !== undefined);
  if (running !== undefined) return running;
  return open.some(({ started_at: startedAt }) => startedAt !== null) ? 'rebuilding' : 'waiting to start';
}

/** Returns the seconds until the slowest copy ends, at its current speed; null if unknown. */
export function etaOf(editions: readonly { readonly live: LiveNumbers | null }[]): number | null {
  const etas = editions.flatMap(({ live }) => live?.eta_seconds ?? []);
  return etas.length === 0 ? null : Math.max(...etas);
}

function unlessOther(run: LiveRebuild | undefined, generation: number): LiveRebuild | null {
  const other = run?.status?.generation ?? generation;
  return run === undefined || other !== generation ? null : run;
}
