import type { Violation } from './checks/violation.js';
import type { FinalState } from './final-state.js';
import {
  type ChaosEvent,
  type FaultEvent,
  isAccepted,
  markOf,
  readsOf,
  removalsOf,
  requestsOf,
  writesOf,
} from './history.js';
import type { ChaosOptions } from './options.js';

/** How a run ended. */
export interface ChaosResult extends ChaosOptions {
  readonly folder: string;
  readonly events: readonly ChaosEvent[];
  readonly final: FinalState;
  readonly violations: readonly Violation[];
}

/** Numbers by name. */
export type Counts = Readonly<Record<string, number>>;

/** What a run did and found, in numbers: `summary.json`. */
export interface ChaosSummary {
  readonly seeds: readonly number[];
  /** Of faults. Milliseconds. */
  readonly duration: number;
  /** Applied, by kind. */
  readonly faults: Counts;
  /** Planned and not applied, by kind: what they were for was not there, or the server refused. */
  readonly missed: Counts;
  readonly requests: number;
  /** Those among them that were acknowledged, so must be accounted for. */
  readonly acknowledged: number;
  /** By HTTP's status. */
  readonly reads: Counts;
  /** By their outcome. */
  readonly rebuilds: Counts;
  /** Copies to editions that were looked at. */
  readonly copies: number;
  /** Objects of editions whose removal was looked at. */
  readonly removals: number;
  /** From the last fault to rest, the longest; null where rest never came. Milliseconds. */
  readonly slowestRest: number | null;
  /** By the check that found them. */
  readonly violations: Counts;
}

/** The numbers of one run. */
export function summaryOf({ seed, duration, events, final, violations }: ChaosResult): ChaosSummary {
  const [ended, rested] = [markOf(events, 'faults end'), markOf(events, 'at rest')];
  return {
    seeds: [seed],
    duration,
    faults: countBy(faultsOf(events, 'begins'), ({ fault }) => fault),
    missed: countBy(faultsOf(events, 'missed'), ({ fault }) => fault),
    requests: requestsOf(events).length,
    acknowledged: events.filter(isAccepted).length,
    reads: countBy(readsOf(events), ({ status }) => String(status)),
    rebuilds: countBy(final.rebuilds, ({ outcome }) => outcome ?? 'unfinished'),
    copies: writesOf(events).length,
    removals: removalsOf(events).length,
    slowestRest: ended === undefined || rested === undefined ? null : rested - ended,
    violations: countBy(violations, ({ check }) => check),
  };
}

/** Several runs as one: sums, and the longest time to rest. */
export function sumUp(summaries: readonly ChaosSummary[]): ChaosSummary {
  const [first, ...rest] = summaries;
  if (first === undefined) throw new Error('There is no summary to sum up');
  return rest.reduce(
    (sum, each) => ({
      seeds: [...sum.seeds, ...each.seeds],
      duration: sum.duration + each.duration,
      faults: added(sum.faults, each.faults),
      missed: added(sum.missed, each.missed),
      requests: sum.requests + each.requests,
      acknowledged: sum.acknowledged + each.acknowledged,
      reads: added(sum.reads, each.reads),
      rebuilds: added(sum.rebuilds, each.rebuilds),
      copies: sum.copies + each.copies,
      removals: sum.removals + each.removals,
      slowestRest: longest(sum.slowestRest, each.slowestRest),
      violations: added(sum.violations, each.violations),
    }),
    first,
  );
}

/** How many there are of each name, in the order of names. */
export function countBy<T>(values: readonly T[], nameOf: (value: T) => string): Counts {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(nameOf(value), (counts.get(nameOf(value)) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function faultsOf(events: readonly ChaosEvent[], phase: FaultEvent['phase']): readonly FaultEvent[] {
  return events.filter((event) => event.kind === 'fault').filter((event) => event.phase === phase);
}

function added(one: Counts, other: Counts): Counts {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return Object.fromEntries(names.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]));
}

/** Never is longer than any time. */
function longest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? null : Math.max(one, other);
}
