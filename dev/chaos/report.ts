import type { Violation } from './checks/violation.js';
import type { FinalState } from './final-state.js';
import { type ChaosEvent, describeEvent, isAccepted, markOf, readsOf, requestsOf } from './history.js';
import type { ChaosOptions } from './options.js';

/** How a run ended. */
export interface ChaosResult extends ChaosOptions {
  readonly folder: string;
  readonly events: readonly ChaosEvent[];
  readonly final: FinalState;
  readonly violations: readonly Violation[];
}

/** So many events before the end of a failure's history fit on a screen; the file has all. */
const shownEvents = 200;

/** What a run did and found, for people. */
export function summarise({ seed, duration, folder, events, final, violations }: ChaosResult): string {
  const requests = requestsOf(events);
  const pages = readsOf(events);
  const rested = markOf(events, 'at rest');
  const ended = markOf(events, 'faults end');
  const time =
    rested === undefined || ended === undefined ? 'never' : `${((rested - ended) / 1_000).toFixed(1)} s`;
  return [
    `Seed ${seed}, faults during ${duration / 1_000} s; all is written to ${folder}`,
    `Faults: ${counted(events.flatMap((event) => (event.kind === 'fault' && event.phase === 'begins' ? [event.fault] : [])))}`,
    `Requests: ${requests.length}, accepted ${events.filter(isAccepted).length} (${counted(requests.map(({ status }) => String(status)))})`,
    `Reads: ${pages.length} (${counted(pages.map(({ status }) => String(status)))})`,
    `Rebuilds: ${final.rebuilds.length} (${counted(final.rebuilds.map(({ outcome }) => outcome ?? 'unfinished'))})`,
    `Tasks: ${final.tasks.length} (${counted(final.tasks.map(({ status }) => status ?? 'unfinished'))})`,
    `Time from the last fault to rest: ${time}`,
    `Violations: ${violations.length}`,
  ].join('\n');
}

/** What broke, what happened before, and how to run it again. */
export function explainFailure(result: ChaosResult): string {
  const { seed, duration, folder, events, violations } = result;
  const start = events[0]?.at ?? 0;
  // Readers are many, and what they saw wrong is among the violations.
  const lines = events.filter(({ kind }) => kind !== 'read').map((event) => describeEvent(event, start));
  return [
    ...violations.slice(0, 50).map(({ check, text }) => `VIOLATION  ${check}: ${text}`),
    ...(violations.length > 50 ? [`... and ${violations.length - 50} more`] : []),
    `The last ${Math.min(shownEvents, lines.length)} events but reads (all: ${folder}/history.jsonl):`,
    ...lines.slice(-shownEvents),
    `Run it again: make chaos SEED=${seed} DURATION=${duration / 1_000}`,
  ].join('\n');
}

function counted(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([value, count]) => `${value}: ${count}`)
    .join(', ');
}
