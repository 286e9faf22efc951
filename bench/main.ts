import { createNarrator } from '../dev/demo/narrator.js';
import { Interrupted, interruption, unlessAborted } from '../dev/interruption.js';
import { stackOptions } from '../dev/stack/options.js';
import { startTemporaryStack, type TemporaryStack } from '../dev/temporary-stack.js';
import { createS3Client } from '../src/integrations/object-store/s3-client.js';
import { conditions } from './conditions.js';
import { keepResults } from './keep-results.js';
import { measureDashboards } from './measure-dashboard.js';
import { type Measurement, measureSize, type Series } from './measure-sizes.js';
import { benchSeries, isWhole } from './options.js';
import { dashboardTable } from './report-dashboard.js';
import { reportTable } from './report.js';

/*
 * `make bench`: measures publication on a stack of its own, prints a table and stores the results (see
 * docs/performance.md). Not a test.
 */
const narrator = createNarrator(process.stdout);

async function main(): Promise<void> {
  const interrupted = interruption();
  const series = benchSeries(process.env);
  const { s3LatencyMs } = stackOptions(process.env);
  const under = conditions(s3LatencyMs);
  const stack = await narrator.step({
    title: 'starting a stack on free ports',
    work: () => startTemporaryStack({ s3LatencyMs }),
    describe: () => 'The stack is up',
  });
  try {
    const measurements = await unlessAborted(interrupted, measure(stack, series));
    const dashboards = measureDashboards();
    const table = `${dashboardTable(dashboards)}\n${reportTable(measurements, under)}`;
    narrator.say(`\n${table}`);
    if (isWhole(series))
      await keepResults('publication', { numbers: { conditions: under, measurements, dashboards }, table });
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

try {
  await main();
} catch (error) {
  process.exitCode = error instanceof Interrupted ? 130 : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
