import type { ShowProgress } from '../../dev/demo/narrator.js';
import { type Contestant, type ContestantName, contestantNames, type Step, stepTitles } from './contestant.js';
import type { Update } from './contestant.js';
import type { Cost } from './cost.js';
import type { PlacedVersion, Site, SitePlace } from './site.js';
import type { RequestCounts, StoreAdmin } from './store-admin.js';

/** One publication, measured. */
export interface Run extends Cost {
  readonly requests: RequestCounts;
  /** Wrong objects at the end; null if only a part was copied. */
  readonly wrong: number | null;
}

/** All runs of one contestant at one step. */
export interface StepResult {
  readonly step: Step;
  readonly contestant: ContestantName;
  readonly objects: number;
  readonly runs: readonly Run[];
}

/** The site and the parts of its measurement. */
export interface SiteBench {
  readonly site: Site;
  readonly steps: readonly Step[];
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  /** The delay of every request during a measurement. Milliseconds. */
  readonly latency: number;
  readonly admin: StoreAdmin;
  readonly place: SitePlace;
  /** The number of objects in a destination that differ from the source. */
  countDifferences(update: Update): Promise<number>;
}

/**
 * Takes each contestant's edition through the steps, round by round. At each step the contestants publish in sequence,
 * so that they share the machine's other load.
 */
export async function measureSite(bench: SiteBench, show: ShowProgress): Promise<readonly StepResult[]> {
  const found = new Map<string, StepResult & { readonly runs: Run[] }>();
  for (let round = 1; round <= bench.rounds; round += 1) {
    for (const step of bench.steps) {
      const version = await versionAt(bench, step, round);
      if (version === null) continue;
      for (const contestant of bench.contestants) {
        if (contestant.isMeasuredOnce === true && round > 1) continue;
        show(`round ${round}: ${stepTitles[step]}, ${contestantNames[contestant.name]}`);
        const run = await takeStep(bench, { contestant, step, update: updateOf(version, contestant, round) });
        if (run === null) continue;
        const { objects } = version;
        const name = `${step} ${contestant.name}`;
        const result = found.get(name) ?? { step, contestant: contestant.name, objects, runs: [] };
        found.set(name, result);
        result.runs.push(run);
      }
    }
  }
  return [...found.values()];
}

/** The version for a step; null if the site has no next release. */
async function versionAt(
  { site: { first, next }, place }: SiteBench,
  step: Step,
  round: number,
): Promise<PlacedVersion | null> {
  const uploaded = next === null ? null : { ...next, prefix: `${next.prefix.slice(0, -1)}-${round}/` };
  switch (step) {
    case 'fresh':
      return first;
    case 'release':
      // Upload it now: for tools that compare times it must be newer than the published version.
      if (next !== null && uploaded !== null) await place.copyAll(next.prefix, uploaded.prefix);
      return uploaded;
    case 'unchanged':
      return uploaded ?? first;
    case 'rollback':
      return uploaded === null ? null : first;
    default:
      throw new Error(`Unknown step: ${String(step satisfies never)}`);
  }
}

function updateOf({ prefix, objects }: PlacedVersion, { name }: Contestant, round: number): Update {
  const site = prefix.split('/')[1] ?? '';
  return { source: prefix, destination: `bench/${site}/${name.toLowerCase()}-${round}/`, objects };
}

/** Null if the contestant does not support the step. The edition is correct for the next step in any case. */
async function takeStep(
  bench: SiteBench,
  at: { readonly contestant: Contestant; readonly step: Step; readonly update: Update },
): Promise<Run | null> {
  const { contestant, step, update } = at;
  if (contestant.steps.includes(step)) {
    const run = await measureRun(bench, contestant, update);
    if (run.wrong !== null && run.wrong > 0) await bench.place.copyAll(update.source, update.destination);
    return run;
  }
  if (step === 'fresh') await bench.place.copyAll(update.source, update.destination);
  return null;
}

async function measureRun(bench: SiteBench, contestant: Contestant, planned: Update): Promise<Run> {
  const { admin, latency } = bench;
  const update = (await contestant.prepare?.(planned)) ?? planned;
  await admin.setLatency(latency);
  await admin.resetCounts();
  try {
    const cost = await contestant.publish(update);
    const requests = await admin.counts();
    await admin.setLatency(0);
    const wrong = cost.extrapolatedFrom === undefined ? await bench.countDifferences(update) : null;
    return { ...cost, requests, wrong };
  } finally {
    await admin.setLatency(0);
  }
}
