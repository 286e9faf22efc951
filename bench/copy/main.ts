import { createNarrator } from '../../dev/demo/narrator.js';
import { Interrupted, interruption, unlessAborted } from '../../dev/interruption.js';
import { startTemporaryStack } from '../../dev/temporary-stack.js';
import { temporaryFolder } from '../../dev/temporary-folder.js';
import { conditions } from '../conditions.js';
import { keepResults } from '../keep-results.js';
import { measureCopies } from './measure-copies.js';
import { copyBenchOptions } from './options.js';
import { installPeers } from './peers.js';
import { copyReport } from './report.js';

/*
 * `make bench-copy`: measures the copy engine against other tools on one stack, prints tables and stores the results
 * (see docs/performance.md). Not a test.
 */
const narrator = createNarrator(process.stdout);

async function main(): Promise<void> {
  const interrupted = interruption();
  const options = copyBenchOptions(process.env);
  const under = conditions(options.latency);
  const stack = await narrator.step({
    title: 'starting a stack on free ports',
    work: () => startTemporaryStack({ s3LatencyMs: 0 }),
    describe: () => 'The stack is up',
  });
  try {
    const tools = await narrator.step({
      title: 'installing the peers',
      work: async () => installPeers(stack.access, await temporaryFolder('ltd-keeper-peers')),
      describe: () => 'The peers are installed',
    });
    const results = await unlessAborted(interrupted, measureCopies({ ...stack, tools, options, narrator }));
    const table = copyReport(results, under);
    narrator.say(`\n${table}`);
    if (options.isWhole) await keepResults('copy', { numbers: { conditions: under, ...results }, table });
  } finally {
    await stack.stop();
  }
}

try {
  await main();
} catch (error) {
  process.exitCode = error instanceof Interrupted ? 130 : 1;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
