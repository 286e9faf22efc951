import { createKeeperClient } from '../dev/client/keeper-client.js';
import { stackAccess } from '../dev/client/stack-access.js';
import { watchTask } from '../dev/client/watch-task.js';
import { type Stack, startStack } from '../dev/stack/start-stack.js';
import { temporaryFolder } from '../dev/temporary-folder.js';
import { createS3Client } from '../src/integrations/object-store/s3-client.js';
import { conditions } from './conditions.js';
import { placeSite } from './place-site.js';
import { createSite } from './site.js';

/*
 * `node build/bench/measure-recovery.js`: kills a worker in the middle of a copy, RUNS times (10), on a stack that
 * restarts it at once, and prints the seconds until the edition is complete. Not a test.
 */

/** Objects of each build. */
const objects = 2_000;

/** The delay of each request to the store. Milliseconds. */
const s3LatencyMs = 100;

/** Objects that a copy works on at a time. */
const concurrency = '64';

/** Slightly less than the duration of such a copy. Milliseconds. */
const copying = 3_000;

async function main(): Promise<void> {
  const runs = Number(process.env['RUNS'] ?? 10);
  const under = conditions(s3LatencyMs);
  const folder = await temporaryFolder('ltd-keeper-recovery');
  const settings = { LTD_COPY_CONCURRENCY: concurrency };
  const stack = await startStack({ folder, ports: 'auto', s3LatencyMs, settings }, (line) =>
    process.stderr.write(`${line}\n`),
  );
  try {
    const undisturbed = await recovery(stack, 'undisturbed', null);
    const seconds: number[] = [];
    for (let run = 0; run < runs; run += 1) {
      seconds.push(await recovery(stack, `killed-${run}`, ((run + 1) / (runs + 1)) * copying));
      process.stdout.write(`${(seconds.at(-1) ?? 0).toFixed(1)} s\n`);
    }
    const sorted = seconds.sort((a, b) => a - b).map((each) => each.toFixed(1));
    const middle = sorted[Math.floor(runs / 2)] ?? '';
    process.stdout.write(
      `whole again after ${sorted[0] ?? ''} to ${sorted.at(-1) ?? ''} s, median ${middle} s; ` +
        `undisturbed ${undisturbed.toFixed(1)} s; ${JSON.stringify(under)}\n`,
    );
  } finally {
    await stack.stop();
  }
}

/** Publishes a build, kills the worker after this time, and returns the seconds that the rest took. */
async function recovery(stack: Stack, product: string, killAfter: number | null): Promise<number> {
  const { keeper, bucket, store } = stackAccess(stack.variables());
  const client = createKeeperClient(keeper);
  await client.createProduct({
    slug: product,
    title: product,
    doc_repo: 'https://example.org/repo.git',
    root_domain: 'localhost',
    root_fastly_domain: 'localhost',
    bucket_name: bucket,
  });
  const build = await client.registerBuild(product, { gitRefs: ['main'], directories: ['/'] });
  const s3 = createS3Client(store);
  await placeSite(s3, build, createSite(objects, 1));
  s3.destroy();
  const queueUrl = await client.completeUpload(build);
  await new Promise((resolve) => setTimeout(resolve, killAfter ?? 0));
  const killed = performance.now();
  if (killAfter !== null) process.kill(stack.processes().get('worker') ?? 0, 'SIGKILL');
  const { status } = await watchTask(client, queueUrl);
  if (status !== 'SUCCESS') throw new Error(`The publication of ${product} ended as ${status}`);
  return (performance.now() - killed) / 1_000;
}

await main();
