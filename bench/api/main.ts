import assert from 'node:assert/strict';
import { createNarrator } from '../../dev/demo/narrator.js';
import { Interrupted, interruption, unlessAborted } from '../../dev/interruption.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { createKnex } from '../../src/db/knex.js';
import { migrate } from '../../src/db/migrate.js';
import { conditions } from '../conditions.js';
import { keepResults } from '../keep-results.js';
import { untilIdle } from './cpu-meter.js';
import { createLoads } from './loads.js';
import { type LoadResult, measureLoad, type Target } from './measure-load.js';
import { measureRate } from './measure-rate.js';
import { measureStarts, type TemporalAlone } from './measure-starts.js';
import { apiBenchOptions, type ApiBenchOptions } from './options.js';
import { apiReport, contestants } from './report.js';
import { seed, type Seeded } from './seed.js';
import { administrator, type Servers, startApi, startServers, startStandIn } from './servers.js';

/*
 * `make bench-api`: measures the API against a stand-in for LTD Keeper 1.x's stack, prints a table and stores the
 * results (see docs/performance.md). Not a test.
 */
const narrator = createNarrator(process.stdout);

/** More builds than the faster contestant completes in all measurements. */
const size = { products: 100, buildsPerProduct: 1_000 };

/** PATCHes a second; the last one is the API's target. */
const rates = [25, 50, 100] as const;

async function main(): Promise<void> {
  const interrupted = interruption();
  const options = apiBenchOptions(process.env);
  const under = conditions(0);
  const servers = await narrator.step({
    title: 'starting PostgreSQL and Temporal',
    work: async () => startServers(await temporaryFolder('ltd-keeper-bench-api')),
    describe: () => 'PostgreSQL and Temporal are up',
  });
  try {
    const results = await unlessAborted(interrupted, measure(servers, options));
    const table = apiReport(results, under);
    narrator.say(`\n${table}`);
    if (options.isWhole) await keepResults('api', { numbers: { conditions: under, results }, table });
  } finally {
    await servers.stop();
  }
}

async function measure(servers: Servers, options: ApiBenchOptions): Promise<readonly LoadResult[]> {
  const knex = createKnex({ url: servers.databaseUrl, applicationName: 'bench' });
  await migrate(knex).finally(() => knex.destroy());
  const seeded = await narrator.step({
    title: 'filling the database',
    work: () => seed(servers.databaseUrl, size),
    describe: () => `${size.products} products, ${size.products * size.buildsPerProduct} builds and editions are there`,
  });
  // It also creates the user.
  const api = await startApi(servers);
  const standIn = await startStandIn(servers, 1);
  try {
    const pidsOf = (service: number) => ({ ...servers.pids, service });
    const ours = {
      name: contestants.ours,
      url: api.url,
      pids: pidsOf(api.pid),
      token: await tokenOf(api.url),
    };
    const theirs = { ...standIn, name: contestants.standIn, pids: pidsOf(standIn.pid) };
    const alone = { address: servers.temporalAddress, pids: ours.pids };
    return await measureAll([ours, theirs, alone], seeded, options);
  } finally {
    await standIn.stop();
    await api.stop();
  }
}

/** In sequence, so that they do not share the cores. */
async function measureAll(
  [ours, theirs, alone]: readonly [ours: Target, theirs: Target, alone: TemporalAlone],
  seeded: Seeded,
  { seconds, connections }: ApiBenchOptions,
): Promise<readonly LoadResult[]> {
  const { reads, patches } = createLoads(seeded);
  const results: LoadResult[] = [];
  const rest = async (): Promise<void> => {
    for (const { pids } of [ours, theirs]) await untilIdle(pids);
  };
  const note = async (title: string, work: () => Promise<LoadResult>): Promise<void> => {
    await rest();
    const describe = ({ requestsPerSecond, p99 }: LoadResult): string =>
      `${title}: ${requestsPerSecond.toFixed(0)} a second, p99 ${p99} ms`;
    results.push(await narrator.step({ title, work, describe }));
  };
  for (const rate of rates)
    await note(`${ours.name}: ${rate} ${patches.name} a second`, () =>
      middle(rest, () => measureRate(ours, patches, { rate, seconds: Math.max(seconds, 20) })),
    );
  for (const load of [reads, patches])
    for (const count of connections)
      for (const target of [ours, theirs])
        await note(`${target.name}: ${load.name}, ${count} connections`, () =>
          better(rest, () => measureLoad(target, load, { connections: count, seconds })),
        );
  await note('Temporal alone: starts of workflows', () => measureStarts(alone, { seconds }));
  return results;
}

/** Returns the measurement with the middle p99 of three: one slow disk write would decide a single one. */
async function middle(rest: () => Promise<void>, measured: () => Promise<LoadResult>): Promise<LoadResult> {
  const results: LoadResult[] = [];
  while (results.length < 3) {
    await rest();
    results.push(await measured());
  }
  const [, result = assert.fail()] = results.toSorted((one, other) => one.p99 - other.p99);
  return result;
}

/**
 * Returns the better of two measurements: the first one may include compilation, or an uneven distribution of
 * connections over workers.
 */
async function better(rest: () => Promise<void>, measured: () => Promise<LoadResult>): Promise<LoadResult> {
  const first = await measured();
  await rest();
  const second = await measured();
  return first.requestsPerSecond > second.requestsPerSecond ? first : second;
}

async function tokenOf(url: string): Promise<string> {
  const { username, password } = administrator;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${url}/token`, { headers: { authorization } });
  return ((await answer.json()) as { token: string }).token; // as the API specifies
}

try {
  await main();
} catch (error) {
  process.exitCode = error instanceof Interrupted ? 130 : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
