import type { Conditions } from '../conditions.js';
import { describeConditions } from '../report.js';
import { parties } from './cpu-meter.js';
import type { LoadResult } from './measure-load.js';

/** The API's targets. */
const wanted = { times: 5, rate: 100, p99AtRate: 50 } as const;

/** The titles of the contestants, and of Temporal alone, which bounds the service. */
export const contestants = {
  ours: 'this service',
  standIn: 'stand-in for Keeper 1.x',
  temporal: 'Temporal’s development server alone',
} as const;

/** The measurements and the targets as Markdown. */
export function apiReport(results: readonly LoadResult[], under: Conditions): string {
  const header = [
    '| load | connections | by | answered a second | p50 | p99 | CPU ms a request: its own | PostgreSQL ' +
      '| Temporal | failed |',
    '| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  const targets = ['| target | wanted | measured | met |', '| --- | --- | --- | --- |', ...verdicts(results)];
  return `${[...header, ...results.map(row)].join('\n')}\n\n${targets.join('\n')}\n\n${describeConditions(under)}\n`;
}

function row(result: LoadResult): string {
  const { load, rate, connections, target, requestsPerSecond, p50, p99, cpu, failed } = result;
  const cells = [
    rate === null ? load : `${load}, ${rate} a second`,
    connections?.toLocaleString('en') ?? '–',
    target,
    Math.round(requestsPerSecond).toLocaleString('en'),
    `${p50} ms`,
    `${p99} ms`,
    ...parties.map((party) => cpu[party]?.toFixed(2) ?? '–'),
    failed,
  ];
  return `| ${cells.join(' | ')} |`;
}

function verdicts(results: readonly LoadResult[]): readonly string[] {
  const ours = results.filter(({ target }) => target === contestants.ours);
  return ours.flatMap((result) => {
    if (result.rate === null) return compared(result, results);
    return result.rate === wanted.rate ? [slowest(result)] : [];
  });
}

function compared(ours: LoadResult, results: readonly LoadResult[]): readonly string[] {
  const theirs = results.find(
    ({ target, load, connections }) =>
      target === contestants.standIn && load === ours.load && connections === ours.connections,
  );
  if (theirs === undefined) return [];
  const times = ours.requestsPerSecond / theirs.requestsPerSecond;
  const connections = ours.connections?.toLocaleString('en') ?? '';
  const what = `${ours.load} a second, ${connections} connections, against the stand-in`;
  return [verdict(what, `at least ${wanted.times} times`, `${times.toFixed(1)} times`, times >= wanted.times)];
}

function slowest({ load, rate, p99 }: LoadResult): string {
  const what = `p99 of ${load}, ${String(rate)} a second, each of which starts a rebuild`;
  return verdict(what, `under ${wanted.p99AtRate} ms`, `${p99} ms`, p99 < wanted.p99AtRate);
}

function verdict(...[what, aim, measured, isMet]: readonly [string, string, string, boolean]): string {
  return `| ${what} | ${aim} | ${measured} | ${isMet ? 'yes' : '**no**'} |`;
}
