import type { StackAccess } from '../../dev/client/stack-access.js';
import type { Narrator } from '../../dev/demo/narrator.js';
import { createS3Client } from '../../src/integrations/object-store/s3-client.js';
import type { S3Client } from '@aws-sdk/client-s3';
import { SiteUnavailable } from './debian-site.js';
import { countDifferences } from './differences.js';
import { type Contestant, type Step, steps } from './contestant.js';
import { median } from './cost.js';
import { createEngineContestants, type EngineProcess, startEngine } from './engine.js';
import { measureRate, type RateResult } from './measure-rate.js';
import { measureSite } from './measure-site.js';
import { contestantsOf, type CopyBenchOptions, type WorkName } from './options.js';
import { createPeers, type PeerTools, s5cmdCopy } from './peers.js';
import type { CopyResults } from './report.js';
import { createServiceContestant } from './service.js';
import { placeMultiple, placeReal, placeSmall, type Site, type SitePlace } from './site.js';
import { createStoreAdmin, type StoreAdmin } from './store-admin.js';

/** The parts of the bench. */
export interface CopyBench {
  readonly access: StackAccess;
  readonly tools: PeerTools;
  readonly options: CopyBenchOptions;
  readonly narrator: Narrator;
}

interface Bench extends CopyBench {
  readonly client: S3Client;
  readonly admin: StoreAdmin;
  readonly place: SitePlace;
  readonly peers: readonly Contestant[];
  readonly service: Contestant;
}

type SiteResults = CopyResults['sites'][number];

/** The first version of the small site. */
const warmUpSite = 'sites/small/1/';

/** The bench uses the fastest of these numbers of workers. */
const workerCounts = [256, 512] as const;

/** Makes all requested measurements on one stack and one object store. */
export async function measureCopies(given: CopyBench): Promise<CopyResults> {
  const { access, tools, options, narrator } = given;
  const client = createS3Client(access.store);
  const admin = createStoreAdmin(access.storeAdminUrl);
  const place: SitePlace = {
    client,
    bucket: access.bucket,
    copyAll: async (source, destination) => {
      await s5cmdCopy(tools, 64, { source, destination, objects: 0 });
    },
  };
  try {
    const small = await narrator.step({
      title: 'placing 2,000 objects of 10 KB, in two versions',
      work: () => placeSmall(place),
    });
    const s5cmdWorkers = await narrator.step({
      title: 'finding the best number of workers for s5cmd',
      work: () => bestWorkers({ tools, admin, latency: options.latency, rounds: options.rounds }, small),
      describe: (workers) => `s5cmd is fastest with ${workers} workers`,
    });
    const peers = createPeers(tools, { s5cmdWorkers, keeperObjects: options.keeperObjects });
    const service = createServiceContestant({ access, place });
    await narrator.step({
      title: 'publishing before it counts, as a worker has',
      work: () => warmService(service, small.first.objects),
      describe: () => 'The service is warm',
    });
    const bench = { ...given, client, admin, place, peers, service };
    return { s5cmdWorkers, ...(await measureWorks(bench, small)) };
  } finally {
    client.destroy();
  }
}

async function bestWorkers(
  {
    tools,
    admin,
    latency,
    rounds,
  }: {
    readonly tools: PeerTools;
    readonly admin: StoreAdmin;
    readonly latency: number;
    readonly rounds: number;
  },
  { first }: Site,
): Promise<number> {
  const found = new Map<number, number[]>(workerCounts.map((workers) => [workers, []]));
  await admin.setLatency(latency);
  for (let round = 1; round <= rounds; round += 1)
    for (const [workers, times] of found) {
      const update = { source: first.prefix, destination: `bench/workers-${workers}-${round}/`, objects: 0 };
      times.push((await s5cmdCopy(tools, workers, update)).seconds);
    }
  await admin.setLatency(0);
  const [best] = [...found].sort(([, one], [, other]) => median(one) - median(other));
  return best?.[0] ?? workerCounts[0];
}

async function measureWorks(bench: Bench, small: Site): Promise<Omit<CopyResults, 's5cmdWorkers'>> {
  const { options, place } = bench;
  const sites: SiteResults[] = [];
  const skipped: string[] = [];
  let rate: RateResult | null = null;
  const wants = (work: WorkName): boolean => options.works.includes(work);
  if (wants('small')) sites.push(await measureWork(bench, 'small', { site: small, steps }));
  if (wants('real')) {
    try {
      sites.push(await measureWork(bench, 'real', { site: await placeReal(place), steps }));
    } catch (error) {
      if (!(error instanceof SiteUnavailable)) throw error;
      skipped.push(error.message);
    }
  }
  if (wants('large') || wants('huge') || wants('rate')) {
    const large = await placeMultiple(place, { name: 'large', part: small, times: 10 });
    if (wants('large')) sites.push(await measureWork(bench, 'large', { site: large, steps: ['fresh', 'unchanged'] }));
    if (wants('rate')) rate = await measureLimited(bench, large);
    if (wants('huge')) {
      const huge = await placeMultiple(place, { name: 'huge', part: large, times: 5 });
      sites.push(await measureWork(bench, 'huge', { site: huge, steps: ['fresh'] }));
    }
  }
  return { sites, rate, skipped };
}

/** Measures one site, with a warm engine of its own. */
async function measureWork(
  bench: Bench,
  name: WorkName,
  { site, steps: chosen }: { readonly site: Site; readonly steps: readonly Step[] },
): Promise<SiteResults> {
  const { access, admin, client, narrator, options, place, peers, service } = bench;
  const engine = await warmEngine(bench, name);
  const taking = contestantsOf[name];
  const contestants = [...createEngineContestants(engine), service, ...peers].filter(
    (each) => taking?.includes(each.name) ?? true,
  );
  const rounds = name === 'small' || name === 'real' ? options.rounds : 1;
  try {
    const results = await narrator.step({
      title: `publishing ${site.title}`,
      work: (show) =>
        measureSite(
          {
            ...{ site, steps: chosen, contestants, rounds, latency: options.latency, admin, place },
            countDifferences: (update) => countDifferences(client, access.bucket, update),
          },
          show,
        ),
    });
    return { title: site.title, results };
  } finally {
    engine.stop();
  }
}

/**
 * Publications of the small site before the first measurement, of each kind: a worker lives for days, and new code is
 * slow.
 */
const warmUps = 5;

async function warmEngine({ access, options }: Bench, name: WorkName): Promise<EngineProcess> {
  const engine = await startEngine(access, options.concurrency);
  for (let time = 1; time <= warmUps; time += 1)
    for (const headers of ['to learn', 'known'] as const) {
      const destination = `bench/warm-${name}-${time}-${headers.replace(' ', '-')}/`;
      await engine.carryOut({ kind: 'update', prefixes: { source: warmUpSite, destination }, headers });
    }
  return engine;
}

/** Warms the service, whose worker serves all sites, with editions of its own. */
async function warmService(service: Contestant, objects: number): Promise<void> {
  for (let time = 1; time <= warmUps; time += 1) {
    const update = { source: warmUpSite, destination: `bench/warm/service-${time}/`, objects };
    await service.publish((await service.prepare?.(update)) ?? update);
  }
}

async function measureLimited(bench: Bench, { first }: Site): Promise<RateResult> {
  const { admin, narrator, options } = bench;
  const engine = await warmEngine(bench, 'rate');
  try {
    return await narrator.step({
      title: `copying for ${options.rateSeconds} s from a store with a limit`,
      work: () => measureRate(engine, { source: first, admin, seconds: options.rateSeconds, latency: options.latency }),
    });
  } finally {
    engine.stop();
  }
}
