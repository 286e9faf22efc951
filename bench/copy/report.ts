import type { Conditions } from '../conditions.js';
import { describeConditions } from '../report.js';
import { contestantNames, stepTitles } from './contestant.js';
import { median } from './cost.js';
import type { RateResult } from './measure-rate.js';
import type { StepResult } from './measure-site.js';
import { cpuPerObject, secondsOf, siteTargets, type Target } from './targets.js';

/** The results of the whole bench. */
export interface CopyResults {
  readonly sites: readonly { readonly title: string; readonly results: readonly StepResult[] }[];
  readonly rate: RateResult | null;
  /** Skipped measurements and the reasons. */
  readonly skipped: readonly string[];
  /** The fastest number of s5cmd's workers. */
  readonly s5cmdWorkers: number;
}

const header = [
  '| publication | by | rounds | seconds | (spread) | objects a second | CPU ms an object | peak memory ' +
    '| requests | ends |',
  '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |',
];

const targetHeader = ['| target | wanted | measured | met |', '| --- | --- | --- | --- |'];

/** The measurements and conditions as Markdown. */
export function copyReport(results: CopyResults, under: Conditions): string {
  const { sites, rate, skipped, s5cmdWorkers } = results;
  return [
    ...sites.flatMap(({ title, results }) => [
      `### ${title}\n`,
      ...header,
      ...inOrder(results).map(row),
      '',
      ...targetRows(siteTargets(results)),
    ]),
    ...(rate === null ? [] : [rateText(rate)]),
    ...skipped.map((reason) => `Not measured: ${reason}\n`),
    `${describeConditions(under)} s5cmd with ${s5cmdWorkers} workers, the faster number in this run.`,
    '',
  ].join('\n');
}

function inOrder(results: readonly StepResult[]): readonly StepResult[] {
  const order = Object.keys(stepTitles);
  return [...results].sort(
    (one, other) => order.indexOf(one.step) - order.indexOf(other.step) || secondsOf(one) - secondsOf(other),
  );
}

function row(result: StepResult): string {
  const { step, contestant, objects, runs } = result;
  const seconds = runs.map((run) => run.seconds);
  const cpu = cpuPerObject(result);
  const memory = runs.flatMap(({ peakRss }) => peakRss ?? []);
  const [first] = runs;
  const cells = [
    stepTitles[step],
    contestantNames[contestant] + (first?.extrapolatedFrom === undefined ? '' : ' (reckoned)'),
    runs.length,
    secondsText(median(seconds)),
    runs.length === 1 ? '' : `${secondsText(Math.min(...seconds))}–${secondsText(Math.max(...seconds))}`,
    Math.round(objects / median(seconds)).toLocaleString('en'),
    cpu === null ? '–' : cpu.toFixed(2),
    memory.length === 0 ? '–' : `${Math.round(Math.max(...memory) / 1_000_000)} MB`,
    requestsText(result),
    endText(result),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** The operations of each column. Other operations are not part of the copy. */
const operations: Readonly<Record<string, readonly string[]>> = {
  COPY: ['CopyObject'],
  HEAD: ['HeadObject'],
  LIST: ['ListObjectsV2', 'ListObjects'],
  DELETE: ['DeleteObjects'],
  'DELETE one': ['DeleteObject'],
  PUT: ['PutObject'],
  GET: ['GetObject'],
};

/** The requests of the first round; all rounds are equal. */
function requestsText({ runs }: StepResult): string {
  const [first] = runs;
  if (first === undefined || first.extrapolatedFrom !== undefined) return '–';
  const { byOperation } = first.requests;
  return Object.entries(operations)
    .map(([word, names]) => [word, names.reduce((sum, name) => sum + (byOperation[name] ?? 0), 0)] as const)
    .filter(([, number]) => number > 0)
    .map(([word, number]) => `${number.toLocaleString('en')} ${word}`)
    .join(', ');
}

function endText({ runs }: StepResult): string {
  const wrong = runs.map((run) => run.wrong);
  if (wrong.includes(null)) return '–';
  const most = Math.max(...wrong.map((each) => each ?? 0));
  return most === 0 ? 'exact' : `**${most} objects wrong**`;
}

function targetRows(targets: readonly Target[]): readonly string[] {
  if (targets.length === 0) return [];
  const rows = targets.map(
    ({ title, wanted, measured, isMet }) => `| ${title} | ${wanted} | ${measured} | ${isMet ? 'yes' : '**no**'} |`,
  );
  return [...targetHeader, ...rows, ''];
}

function rateText({ limit, seconds, rate, refusedShare, cpuSeconds }: RateResult): string {
  const cpu = cpuSeconds === null ? '' : `; ${((1_000 * cpuSeconds) / (rate * seconds)).toFixed(2)} ms of CPU a copy`;
  return [
    `### A store that takes ${limit.toLocaleString('en')} copies a second\n`,
    ...targetHeader,
    `| copies a second, for ${seconds.toFixed(0)} s | at least 3,000 | ` +
      `${Math.round(rate).toLocaleString('en')}${cpu} | ${rate >= 3_000 ? 'yes' : '**no**'} |`,
    `| refused with 503 | under 2 % | ${(100 * refusedShare).toFixed(2)} % | ` +
      `${refusedShare < 0.02 ? 'yes' : '**no**'} |`,
    '',
  ].join('\n');
}

function secondsText(seconds: number): string {
  return seconds.toFixed(seconds < 100 ? 2 : 0);
}
