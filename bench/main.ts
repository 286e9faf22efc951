import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createNarrator } from '../dev/demo/narrator.js';
import { Interrupted, interruption, unlessAborted } from '../dev/interruption.js';
import { checkout } from '../dev/paths.js';
import { stackOptions } from '../dev/stack/options.js';
import { startTemporaryStack, type TemporaryStack } from '../dev/temporary-stack.js';
import { createS3Client } from '../src/integrations/object-store/s3-client.js';
import { conditions } from './conditions.js';
import { type Measurement, measureSize, type Series } from './measure-sizes.js';
import { benchSeries } from './options.js';
import { reportTable } from './report.js';

/*
 * `make bench`: measures publication on a stack of its own, prints a table and keeps the numbers in bench/results/. Nothing
 * here is a test.
 */
const narrator = createNarrator(process.stdout);

async function main(): Promise<void> {
  const interrupted = interruption();
  const series = benchSeries(process.env);
  const { s3Latency } = stackOptions(process.env);
  const stack = await narrator.step({
    title: 'starting a stack on free ports',
    work: () => startTemporaryStack({ s3Latency }),
    describe: () => 'The stack is up',
  });
  try {
    const measurements = await unlessAborted(interrupted, measure(stack, series));
    const under = conditions(s3Latency);
    narrator.say(`\n${reportTable(measurements, under)}`);
    await keep({ conditions: under, measurements });
  } finally {
    await stack.stop();
  }
}

async function measure({ access }: TemporaryStack, series: readonly Series[]): Promise<Measurement[]> {
  const store = createS3Client(access.store);
  const measurements: Measurement[] = [];
  try {
    for (const each of series) {
      const found = await narrator.step({
        title: `measuring sites of ${each.objects} objects`,
        work: () => measureSize(access, store, each),
        describe: () => `Sites of ${each.objects} objects are measured, ${each.runs} of each kind`,
      });
      measurements.push(...found);
    }
    return measurements;
  } finally {
    store.destroy();
  }
}

async function keep(results: object): Promise<void> {
  const folder = join(checkout, 'bench', 'results');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'publication.json'), `${JSON.stringify(results, undefined, 2)}\n`);
}

try {
  await main();
} catch (error) {
  process.exitCode = error instanceof Interrupted ? 130 : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
