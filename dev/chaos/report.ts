import { type ChaosEvent, describeEvent, readsOf, requestsOf } from './history.js';
import { type ChaosResult, countBy, type Counts, summaryOf } from './summary.js';

/** So many events before the end of a failure's history fit on a screen; the file has all. */
const shownEvents = 200;

/** What a run did and found, for people. */
export function summarise(result: ChaosResult): string {
  const { seed, duration, folder, events, final, violations } = result;
  const { faults, missed, requests, acknowledged, reads, rebuilds, copies, removals, slowestRest } = summaryOf(result);
  const statuses = countBy(requestsOf(events), ({ status }) => String(status));
  const tasks = countBy(final.tasks, ({ status }) => status ?? 'unfinished');
  return [
    `Seed ${seed}, faults during ${duration / 1_000} s; all is written to ${folder}`,
    `Faults: ${sumOf(faults)} applied (${told(faults)})`,
    `Faults that met nothing: ${sumOf(missed)} (${told(missed)})`,
    `Requests: ${requests}, accepted ${acknowledged} (${told(statuses)})`,
    `Reads: ${readsOf(events).length} (${told(reads)})`,
    `Rebuilds: ${final.rebuilds.length} (${told(rebuilds)}), copies ${copies}, removals ${removals}`,
    `Tasks: ${final.tasks.length} (${told(tasks)})`,
    `Time from the last fault to rest: ${slowestRest === null ? 'never' : `${(slowestRest / 1_000).toFixed(1)} s`}`,
    `Violations: ${violations.length}`,
  ].join('\n');
}

/** What broke, what happened before, and how to run it again. */
export function explainFailure(result: ChaosResult): string {
  const { seed, duration, folder, events, violations } = result;
  const start = events[0]?.at ?? 0;
  // They are many, and what is wrong with them is among the violations.
  const many: readonly ChaosEvent['kind'][] = ['read', 'write', 'removal'];
  const lines = events.filter(({ kind }) => !many.includes(kind)).map((event) => describeEvent(event, start));
  return [
    ...violations.slice(0, 50).map(({ check, text }) => `VIOLATION  ${check}: ${text}`),
    ...(violations.length > 50 ? [`... and ${violations.length - 50} more`] : []),
    `The last ${Math.min(shownEvents, lines.length)} events but reads, copies and removals ` +
      `(all: ${folder}/history.jsonl):`,
    ...lines.slice(-shownEvents),
    `Run it again: make chaos SEED=${seed} DURATION=${duration / 1_000}`,
  ].join('\n');
}

function sumOf(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function told(counts: Counts): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');
}
