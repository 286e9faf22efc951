import type { RecordedPhase } from '../../../src/db/models/edition.js';
import type { RebuildOutcome } from '../../../src/domain/edition-state.js';

/** The parts of a plan that the rules need. */
export interface ReferencePlan {
  readonly planId: string;
  readonly generation: number;
  readonly restore: boolean;
  readonly target: number | null;
}

interface Generation {
  readonly build: number;
  outcome: RebuildOutcome | null;
  /** The generation that ended it. */
  endedBy: number | null;
}

/** A plain in-memory model of the protocol's rules, with which the database must agree. */
export interface Reference {
  readonly history: Generation[];
  settled: number;
  published: number | null;
  dirty: boolean;
  plan: string | null;
  writer: string | null;
  phase: RecordedPhase | null;
  tried: ReadonlySet<number>;
  /** Deprecated. */
  ended: boolean;
  deleting: boolean;
  /** Deleted since it was deprecated. */
  purged: boolean;
  /** Nothing was published since a deletion. */
  bare: boolean;
}

/** An edition that shows nothing and has no request. */
export function newReference(): Reference {
  return {
    history: [],
    settled: 0,
    published: null,
    dirty: false,
    plan: null,
    writer: null,
    phase: null,
    tried: new Set(),
    ended: false,
    deleting: false,
    purged: false,
    bare: false,
  };
}

/** The target of a new plan, or null when there is no work. */
export function nextPlan(at: Reference): Omit<ReferencePlan, 'planId'> | null {
  const generation = at.history.length;
  if (generation > at.settled) return { generation, restore: false, target: at.history.at(-1)?.build ?? null };
  if (at.deleting) return { generation, restore: true, target: null };
  return at.dirty ? { generation, restore: true, target: at.published } : null;
}

/** A change of the declared build. */
export function declare(at: Reference, build: number): void {
  at.history.push({ build, outcome: null, endedBy: null });
}

/** The edition is deprecated, and its request is cancelled. */
export function deprecate(at: Reference): void {
  settle(at, at.history.length, 'cancelled');
  at.ended = true;
}

/** The objects of a deprecated edition are due for deletion. */
export function markDeletion(at: Reference): void {
  if (at.ended && !at.purged) at.deleting = true;
}

/** The edition is revived, and a deletion under way ends. */
export function revive(at: Reference): void {
  if (at.deleting) Object.assign(at, { plan: null, phase: null });
  Object.assign(at, { ended: false, deleting: false, purged: false });
}

/** A plan begins. */
export function begin(at: Reference, planId: string): void {
  Object.assign(at, { plan: planId, phase: null, dirty: true });
}

/** Whether an attempt may acquire the writer lease. */
export function mayClaim(at: Reference, plan: ReferencePlan, work: 'copy' | 'removal'): boolean {
  return at.plan === plan.planId && (work === 'copy' || at.phase !== null);
}

/** An attempt acquires the lease. */
export function claim(at: Reference, plan: ReferencePlan, by: { writer: string; work: string }): void {
  at.writer = by.writer;
  if (by.work === 'copy') at.phase = null;
  note(at, plan);
}

/** An attempt releases the lease; returns how. */
export function release(
  at: Reference,
  plan: ReferencePlan,
  by: { writer: string; record: RecordedPhase | undefined },
): 'recorded' | 'released' | 'lost' {
  if (at.writer !== by.writer) {
    Object.assign(at, { dirty: true, plan: null, phase: null });
    note(at, plan);
    return 'lost';
  }
  at.writer = null;
  if (at.plan !== plan.planId) return 'released';
  at.phase = by.record ?? at.phase;
  return 'recorded';
}

/** A plan reports that it is done; returns whether it is. */
export function finish(at: Reference, plan: ReferencePlan): boolean {
  if (at.plan !== plan.planId || at.writer !== null || at.phase !== 'verified') return false;
  if (!plan.restore) {
    end(at, plan.generation, 'published');
    at.bare = false;
  }
  if (at.deleting && plan.target === null) Object.assign(at, { deleting: false, purged: true, bare: true });
  Object.assign(at, { published: plan.target, dirty: false, tried: new Set(), plan: null, phase: null });
  return true;
}

/** A generation ends without a publication; returns whether it had not ended before. */
export function settle(at: Reference, generation: number, outcome: RebuildOutcome): boolean {
  if (at.settled >= generation) return false;
  end(at, generation, outcome);
  Object.assign(at, { plan: null, phase: null });
  return true;
}

/** A plan fails permanently, and an older build may take its place. */
export function fail(at: Reference, plan: ReferencePlan): boolean {
  if (at.plan !== plan.planId || !settle(at, plan.generation, 'failed')) return false;
  const build = at.history.length === plan.generation && !at.ended ? fallback(at) : undefined;
  if (build !== undefined) declare(at, build);
  return true;
}

/** A restore fails permanently. */
export function failRestore(at: Reference, plan: ReferencePlan): void {
  if (at.plan === plan.planId) Object.assign(at, { plan: null, phase: null });
}

function fallback({ history }: Reference): number | undefined {
  const recent = history.slice(history.findLastIndex(({ outcome }) => outcome === 'published') + 1);
  const failed = new Set(recent.filter(({ outcome }) => outcome === 'failed').map(({ build }) => build));
  return recent.findLast(
    ({ build, outcome, endedBy }) =>
      outcome === 'superseded' && !failed.has(build) && history[(endedBy ?? 0) - 1]?.outcome === 'failed',
  )?.build;
}

function end(at: Reference, generation: number, outcome: RebuildOutcome): void {
  for (const [index, each] of at.history.slice(0, generation).entries())
    if (each.outcome === null) {
      each.outcome = index + 1 === generation ? outcome : 'superseded';
      each.endedBy = generation;
    }
  at.settled = Math.max(at.settled, generation);
}

function note(at: Reference, { target }: ReferencePlan): void {
  if (target !== null) at.tried = new Set([...at.tried, target]);
}
