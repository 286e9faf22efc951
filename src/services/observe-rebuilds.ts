import type { TaskRebuildRow } from '../db/queries/tasks.js';
import type { LiveNumbers } from '../workflows/contract.js';
import type { LiveActivity, LiveRebuild, RebuildObserver } from './ports.js';

/** What Temporal says of a task's unfinished rebuilds. */
export interface ObservedRebuilds {
  /** What runs for this rebuild; null where nothing does, or the run is at another generation of the edition. */
  readonly live: (rebuild: TaskRebuildRow) => LiveRebuild | null;
  /** Who paused the edition's run, whichever generation that is at; null where nobody did. */
  readonly pause: (rebuild: TaskRebuildRow) => string | null;
  /** Whether Temporal, or the worker of a run, did not answer. */
  readonly stale: boolean;
}

/** Runs asked about for one answer: a task of more editions shows live numbers of these. */
const observedRuns = 20;

/** Asks Temporal about each of these rebuilds, at once. Never throws: what does not answer makes it stale. */
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

/** Whether an attempt has failed and waits for its next. */
export function isBackingOff(activity: LiveActivity): boolean {
  return activity.attempt > 1 && activity.lastError !== null && activity.nextRetryAt !== null;
}

/** What a task with these unfinished rebuilds is doing. */
export function phaseOf(open: readonly TaskRebuildRow[], { live }: ObservedRebuilds): string {
  if (open.length === 0) return 'building the dashboard';
  const running = open.map((rebuild) => live(rebuild)?.status?.phase).find((phase) => phase !== undefined);
  if (running !== undefined) return running;
  return open.some(({ started_at: startedAt }) => startedAt !== null) ? 'rebuilding' : 'waiting to start';
}

/** Seconds until the slowest copy is done, at the speed of the last seconds; null where none is known. */
export function etaOf(editions: readonly { readonly live: LiveNumbers | null }[]): number | null {
  const etas = editions.flatMap(({ live }) => live?.eta_seconds ?? []);
  return etas.length === 0 ? null : Math.max(...etas);
}

function unlessOther(run: LiveRebuild | undefined, generation: number): LiveRebuild | null {
  const other = run?.status?.generation ?? generation;
  return run === undefined || other !== generation ? null : run;
}
