import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createKeeperClient, type KeeperClient } from '../../dev/client/keeper-client.js';
import { stackAccess } from '../../dev/client/stack-access.js';
import { uploadSite } from '../../dev/client/upload-site.js';
import { watchTask } from '../../dev/client/watch-task.js';
import { Interrupted, interruption } from '../../dev/interruption.js';
import { type Stack, startStack } from '../../dev/stack/start-stack.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { limitedSignal } from '../../src/process/limits.js';
import { processUse } from './process-use.js';
import { type Point, trendOf } from './trend.js';

/*
 * `make soak`: publishes continuously for DURATION seconds on a stack of its own, and prints the trend of memory, open
 * files and database connections of API and worker. The lines should be flat. Not a test.
 */

/** Concurrently published editions. */
const publishers = 4;

/** Objects of each build. */
const objects = 100;

/** Between two samples. Milliseconds. */
const pause = 5_000;

type Series = Map<string, Point[]>;

async function main(): Promise<void> {
  const interrupted = interruption();
  const seconds = Number(process.env['DURATION'] ?? 300);
  if (!(seconds > 0)) throw new Error(`DURATION=${String(process.env['DURATION'])} is not understood: give seconds`);
  const folder = await temporaryFolder('ltd-keeper-soak');
  const stack = await startStack({ folder, ports: 'auto', s3LatencyMs: 0 }, (line) =>
    process.stderr.write(`${line}\n`),
  );
  const { signal: ending, end } = limitedSignal(seconds * 1_000, interrupted);
  try {
    const series: Series = new Map();
    const published = await Promise.all([
      watch(stack, series, ending),
      ...Array.from({ length: publishers }, (_, index) => publishFor(stack, `soak-${index}`, ending)),
    ]);
    const sum = published.reduce((total, one) => total + one, 0);
    process.stdout.write(`\n${sum} publications of ${objects} objects in ${seconds} s\n\n${table(series)}\n`);
    interrupted.throwIfAborted();
  } finally {
    end();
    await stack.stop();
  }
}

/** Publishes builds to one edition in sequence. Returns their number. */
async function publishFor(stack: Stack, product: string, ending: AbortSignal): Promise<number> {
  const { keeper, bucket } = stackAccess(stack.variables());
  const client = createKeeperClient(keeper);
  await client.createProduct({
    slug: product,
    title: product,
    doc_repo: 'https://example.org/repo.git',
    root_domain: 'localhost',
    root_fastly_domain: 'localhost',
    bucket_name: bucket,
  });
  let published = 0;
  for (; !ending.aborted; published += 1) await publish(client, product, published);
  return published;
}

async function publish(client: KeeperClient, product: string, round: number): Promise<void> {
  const build = await client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
  const files = Array.from({ length: objects }, (_, index) => ({
    path: index === 0 ? 'index.html' : `page-${index}.html`,
    contentType: 'text/html',
    // A tenth of the pages differ from the build before.
    content: `page ${index} of ${index % 10 === 0 ? round : 'every build'}`,
  }));
  await uploadSite(build, files);
  const { status } = await watchTask(client, await client.completeUpload(build));
  if (status !== 'SUCCESS') throw new Error(`A publication of ${product} ended as ${status}`);
}

/** Samples the processes until the end. Returns 0 publications. */
async function watch(stack: Stack, series: Series, ending: AbortSignal): Promise<number> {
  const database = new pg.Client({ connectionString: stack.variables()['DATABASE_URL'] });
  // A failed publication ends the stack first; report that failure, not this one.
  database.on('error', () => undefined);
  await database.connect();
  const begun = performance.now();
  const note = (name: string, value: number): void => {
    const points = series.get(name) ?? [];
    points.push({ at: (performance.now() - begun) / 1_000, value });
    series.set(name, points);
  };
  while (!ending.aborted) {
    for (const [name, pid] of stack.processes()) {
      if (!/^(api|worker)/.test(name)) continue;
      const { memory, descriptors } = await processUse(pid);
      note(`${name}: memory, MiB`, memory);
      note(`${name}: open files`, descriptors);
    }
    const { rows } = await database.query<{ name: string; count: number }>(
      `SELECT application_name AS name, count(*)::int AS count FROM pg_stat_activity
       WHERE application_name LIKE 'ltd-keeper%' GROUP BY 1`,
    );
    for (const { name, count } of rows) note(`${name}: connections to PostgreSQL`, count);
    await sleep(pause, undefined, { signal: ending }).catch(() => undefined);
  }
  await database.end();
  return 0;
}

function table(series: Series): string {
  const rows = [...series]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, points]) => {
      const { first, last, most, perHour } = trendOf(points);
      return `| ${name} | ${first.toFixed(0)} | ${last.toFixed(0)} | ${most.toFixed(0)} | ${perHour.toFixed(1)} |`;
    });
  return [
    '| what | after warm-up | at the end | most | slope an hour |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...rows,
  ].join('\n');
}

try {
  await main();
} catch (error) {
  process.exitCode = error instanceof Interrupted ? 130 : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
