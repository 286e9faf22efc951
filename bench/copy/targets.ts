import { type ContestantName, contestantNames, type Step, stepTitles } from './contestant.js';
import { median } from './cost.js';
import type { Run, StepResult } from './measure-site.js';

/** A measured value and its target. */
export interface Target {
  readonly title: string;
  readonly wanted: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** The engine's least speed at a fresh publication, as a multiple of other tools'. */
const ratios: readonly (readonly [ours: ContestantName, peer: ContestantName, atLeast: number])[] = [
  ['known', 's5cmdCopy', 1.6],
  ['learning', 's5cmdCopy', 1],
  ['known', 'rclone', 3],
  ['known', 'aws', 8],
  ['known', 'keeper', 100],
];

/** The most CPU per object of a fresh publication. Milliseconds. */
const cpuLimits: readonly (readonly [ours: ContestantName, atMost: number])[] = [
  ['known', 0.25],
  ['learning', 0.45],
];

/** The least speed as a multiple of the best exact peer's. */
const atRest = 2;

/** The seconds that the service may take beyond the engine. */
const aroundIt = 0.5;

const diffing: readonly ContestantName[] = ['s5cmdSync', 'rclone', 'aws'];

/** Compares one site's measurements with the targets. */
export function siteTargets(results: readonly StepResult[]): readonly Target[] {
  const at = (step: Step, name: ContestantName): StepResult | undefined =>
    results.find((each) => each.step === step && each.contestant === name);
  return [
    ...ratios.flatMap(([ours, peer, atLeast]) => ratio(at('fresh', ours), at('fresh', peer), atLeast)),
    ...cpuLimits.flatMap(([ours, atMost]) => cpu(at('fresh', ours), atMost)),
    ...(['unchanged', 'rollback'] as const).flatMap((step) =>
      ratio(at(step, 'known'), bestExact(diffing.map((name) => at(step, name))), atRest),
    ),
    ...(['fresh', 'release', 'unchanged', 'rollback'] as const).flatMap((step) =>
      overhead(at(step, 'known'), at(step, 'service')),
    ),
  ];
}

/** Seconds of the median run. */
export function secondsOf({ runs }: StepResult): number {
  return median(runs.map(({ seconds }) => seconds));
}

/** CPU of the median run in milliseconds per object; null if unmeasured. */
export function cpuPerObject({ runs, objects }: StepResult): number | null {
  const values = runs.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
  return values.length === 0 ? null : (1_000 * median(values)) / objects;
}

/** Whether every run ended with the correct objects. */
export function isExact({ runs }: StepResult): boolean {
  return runs.every(({ wrong }: Run) => wrong === 0);
}

function ratio(ours: StepResult | undefined, peer: StepResult | undefined, atLeast: number): Target[] {
  if (ours === undefined || peer === undefined) return [];
  const measured = secondsOf(peer) / secondsOf(ours);
  return [
    {
      title:
        `${stepTitles[ours.step]}: ${contestantNames[ours.contestant]}, ` +
        `against ${contestantNames[peer.contestant]}`,
      wanted: `at least ${atLeast} times as fast`,
      measured: `${measured.toFixed(measured < 10 ? 2 : 0)} times`,
      isMet: measured >= atLeast,
    },
  ];
}

function cpu(ours: StepResult | undefined, atMost: number): Target[] {
  const measured = ours === undefined ? null : cpuPerObject(ours);
  if (ours === undefined || measured === null) return [];
  return [
    {
      title: `${stepTitles[ours.step]}: CPU of ${contestantNames[ours.contestant]}`,
      wanted: `at most ${atMost} ms an object`,
      measured: `${measured.toFixed(2)} ms`,
      isMet: measured <= atMost,
    },
  ];
}

function overhead(engine: StepResult | undefined, service: StepResult | undefined): Target[] {
  if (engine === undefined || service === undefined) return [];
  const measured = secondsOf(service) - secondsOf(engine);
  return [
    {
      title: `${stepTitles[engine.step]}: PATCH to SUCCESS, beside the engine alone`,
      wanted: `at most ${aroundIt} s more`,
      measured: `${measured.toFixed(2)} s`,
      isMet: measured <= aroundIt,
    },
  ];
}

function bestExact(peers: readonly (StepResult | undefined)[]): StepResult | undefined {
  return peers
    .filter((peer) => peer !== undefined)
    .filter(isExact)
    .sort((one, other) => secondsOf(one) - secondsOf(other))[0];
}
